package flight

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// LoadTLS returns what Options.TLS is with a certificate and its key from PEM
// files. If clients is not empty, it is a PEM file of the authorities by whom the
// certificates of clients are signed: others are refused. Without any of the three
// it is nil.
func LoadTLS(cert, key, clients string) (*tls.Config, error) {
	if cert == "" && key == "" && clients == "" {
		return nil, nil
	}
	if cert == "" || key == "" {
		return nil, errors.New("flight: TLS takes a certificate and its key")
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("flight: the certificate in %s with the key in %s: %w", cert, key, err)
	}
	c := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if clients == "" {
		return c, nil
	}
	pem, err := os.ReadFile(clients)
	if err != nil {
		return nil, fmt.Errorf("flight: the authorities of clients: %w", err)
	}
	c.ClientCAs = x509.NewCertPool()
	if !c.ClientCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("flight: %s has no certificate of an authority", clients)
	}
	c.ClientAuth = tls.RequireAndVerifyClientCert
	return c, nil
}
