package flight_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	arrowflight "github.com/apache/arrow/go/v17/arrow/flight"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/ashlar-go/ashlar/client/flight"
)

// An authority signs certificates.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func writePEM(t *testing.T, file, kind string, der []byte) string {
	must(0, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))(t)
	return file
}

// newAuthority returns one, whose certificate is in a file.
func newAuthority(t *testing.T, name string) (a *authority, file string) {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	a = &authority{dir: t.TempDir(), key: key}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotAfter: time.Now().Add(time.Hour)}
	der := must(x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key))(t)
	a.cert = must(x509.ParseCertificate(der))(t)
	return a, writePEM(t, filepath.Join(a.dir, name+".pem"), "CERTIFICATE", der)
}

// sign returns the files of a certificate of this host, and of its key.
func (a *authority) sign(t *testing.T, name string) (cert, key string) {
	k := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	c := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	der := must(x509.CreateCertificate(rand.Reader, c, a.cert, k.Public(), a.key))(t)
	return writePEM(t, filepath.Join(a.dir, name+".pem"), "CERTIFICATE", der),
		writePEM(t, filepath.Join(a.dir, name+".key"), "EC PRIVATE KEY", must(x509.MarshalECPrivateKey(k))(t))
}

func connectTLS(t *testing.T, address string, c *tls.Config) arrowflight.Client {
	f := must(arrowflight.NewClientWithMiddleware(address, nil, nil, grpc.WithTransportCredentials(credentials.NewTLS(c))))(t)
	t.Cleanup(func() { f.Close() })
	return f
}

// TestTLS: who trusts the service's authority and has a certificate of its own
// reads; who has none, or one of somebody else, is refused, and so is who does not
// encrypt.
func TestTLS(t *testing.T) {
	ours, oursFile := newAuthority(t, "ours")
	others, _ := newAuthority(t, "others")
	cert, key := ours.sign(t, "service")
	config := must(flight.LoadTLS(cert, key, oursFile))(t)
	c, address := service(t, flight.Options{TLS: config})
	must(0, numbers(t, 100, 30).Publish(t.Context(), c, "numbers"))(t)

	trust := x509.NewCertPool()
	trust.AddCert(ours.cert)
	with := func(a *authority) *tls.Config {
		cert, key := a.sign(t, "client")
		return &tls.Config{RootCAs: trust, Certificates: []tls.Certificate{must(tls.LoadX509KeyPair(cert, key))(t)}}
	}
	friend := connectTLS(t, address, with(ours))
	if xs := column(t, friend, "numbers", 0); len(xs) != 100 || !slices.IsSorted(xs) {
		t.Errorf("read %v", xs)
	}
	for name, f := range map[string]arrowflight.Client{
		"nobody's": connectTLS(t, address, &tls.Config{RootCAs: trust}), "another's": connectTLS(t, address, with(others)), "plain": connect(t, address),
	} {
		if _, err := f.GetFlightInfo(t.Context(), pathOf("numbers")); err == nil {
			t.Errorf("a client with %s certificate is served", name)
		}
	}
}

func TestLoadTLS(t *testing.T) {
	a, file := newAuthority(t, "ours")
	cert, key := a.sign(t, "service")
	if c, err := flight.LoadTLS("", "", ""); c != nil || err != nil {
		t.Errorf("of nothing it is %v, %v", c, err)
	}
	for _, x := range [][4]string{
		{cert, "", "", "a certificate and its key"}, {"", key, "", "a certificate and its key"}, {"", "", file, "a certificate and its key"},
		{cert, file, "", "the key in " + file}, {cert, key, key, key + " has no certificate"}, {cert, key, "nowhere.pem", "nowhere.pem"},
	} {
		if _, err := flight.LoadTLS(x[0], x[1], x[2]); err == nil || !strings.Contains(err.Error(), x[3]) {
			t.Errorf("%v: error %v", x, err)
		}
	}
}
