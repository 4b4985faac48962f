package fake_test

import (
	"testing"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/devicetest"
	"github.com/ashlar-go/ashlar/gpu/fake"
)

func TestDevice(t *testing.T) {
	devicetest.Run(t, func(*testing.T) device.Device { return fake.New(fake.Options{}) })
}
