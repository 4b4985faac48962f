package demo

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/kernels"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// daily is airports × days mean delays: a frame that becomes an array with no
// copy of its column.
func (s *session) daily() (a *array.Array, release func(), err error) {
	cols, release, err := s.queries().daily().ToArrays(s.ctx, s.runner, "mean")
	if err != nil {
		return nil, nil, err
	}
	return cols[0].Reshape(-1, wholeDays).RechunkTo(48, 0), release, nil
}

// matrices does the linear algebra of the delays twice, and compares.
func (s *session) matrices() error {
	s.section("Linear algebra: airports × days mean delays, blocked, beside plain gonum")
	x, release, err := s.daily()
	if err != nil {
		return err
	}
	defer release()
	s.report.line("  %d airports × %d days in chunks %v", x.Shape()[0], x.Shape()[1], x.Chunks())
	raw, err := x.Dense(s.ctx, s.runner)
	if err != nil {
		return err
	}
	c := centred(x)
	if err := s.compare("rows centred", 1e-12, c, func() mat.Matrix { return centre(raw) }); err != nil {
		return err
	}
	cov := covariance(c)
	var want mat.SymDense
	if err := s.compare("covariance by matmul", 1e-12, cov, func() mat.Matrix {
		stat.CovarianceMatrix(&want, raw.T(), nil)
		return &want
	}); err != nil {
		return err
	}
	if err := s.compare("Cholesky of the regularised covariance", 1e-12, regularised(cov).Cholesky(), func() mat.Matrix {
		return choleskyOf(&want, 1)
	}); err != nil {
		return err
	}
	return s.components(c, raw)
}

// compare computes a and checks it against what gonum makes.
func (s *session) compare(what string, tol float64, a *array.Array, gonum func() mat.Matrix) error {
	start := time.Now()
	got, err := a.Dense(s.ctx, s.runner)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	t := timing{ashlar: time.Since(start)}
	start = time.Now()
	want := gonum()
	t.gonum = time.Since(start)
	s.report.check(what, relative(got, want), tol, t)
	return nil
}

func centre(m *mat.Dense) *mat.Dense {
	c := mat.DenseCopyOf(m)
	r, _ := c.Dims()
	for i := range r {
		row := c.RawRowView(i)
		mean := stat.Mean(row, nil)
		for j := range row {
			row[j] -= mean
		}
	}
	return c
}

// choleskyOf is the lower factor of m with ridge added to its diagonal.
func choleskyOf(m *mat.SymDense, ridge float64) mat.Matrix {
	n := m.SymmetricDim()
	a := mat.NewSymDense(n, nil)
	a.CopySym(m)
	for i := range n {
		a.SetSym(i, i, a.At(i, i)+ridge)
	}
	var c mat.Cholesky
	if !c.Factorize(a) {
		return mat.NewDense(1, 1, []float64{math.NaN()})
	}
	var l mat.TriDense
	c.LTo(&l)
	return &l
}

// components compares the variances of the leading principal components.
func (s *session) components(c *array.Array, raw *mat.Dense) error {
	start := time.Now()
	got, err := variances(c).Float64s(s.ctx, s.runner)
	if err != nil {
		return err
	}
	t := timing{ashlar: time.Since(start)}
	start = time.Now()
	var pc stat.PC
	if !pc.PrincipalComponents(raw.T(), nil) {
		return fmt.Errorf("gonum found no principal components")
	}
	vars := pc.VarsTo(nil)
	t.gonum = time.Since(start)
	const leading = 10
	s.report.check("leading principal components", relativeSlices(got[:leading], vars[:leading]), 1e-9, t)
	total := 0.0
	for _, v := range got {
		total += v
	}
	s.report.line("        the first explains %.0f %% of the variance, the first ten %.0f %%", 100*got[0]/total, 100*sum(got[:leading])/total)
	return nil
}

func sum(x []float64) float64 {
	t := 0.0
	for _, v := range x {
		t += v
	}
	return t
}

// regression fits delay to time of day and distance, by tall-skinny QR.
func (s *session) regression() error {
	s.section("Least squares: delay on time of day and distance, 3 million rows")
	cols, release, err := s.queries().observations().ToArrays(s.ctx, s.runner, "hour", "miles", "delay")
	if err != nil {
		return err
	}
	defer release()
	start := time.Now()
	got, err := fit(cols[0], cols[1], cols[2]).Dense(s.ctx, s.runner)
	if err != nil {
		return err
	}
	t := timing{ashlar: time.Since(start)}
	raw, err := array.Compute(s.ctx, s.runner, cols...)
	if err != nil {
		return err
	}
	start = time.Now()
	want, err := gonumFit(kernels.Data[float64](raw[0]), kernels.Data[float64](raw[1]), kernels.Data[float64](raw[2]))
	t.gonum = time.Since(start)
	for _, b := range raw {
		b.Release()
	}
	if err != nil {
		return err
	}
	s.report.check("least-squares fit", relative(got, want), 1e-9, t)
	s.report.line("        delay ≈ %.2f %+.2f sin t %+.2f cos t %+.2f sin 2t %+.2f cos 2t %+.2f per 1000 miles",
		got.At(0, 0), got.At(1, 0), got.At(2, 0), got.At(3, 0), got.At(4, 0), got.At(5, 0))
	return nil
}

func gonumFit(hour, miles, delay []float64) (mat.Matrix, error) {
	x := mat.NewDense(len(hour), 6, nil)
	for i, h := range hour {
		sin, cos := math.Sincos(h * 2 * math.Pi / 24)
		sin2, cos2 := math.Sincos(2 * h * 2 * math.Pi / 24)
		copy(x.RawRowView(i), []float64{1, sin, cos, sin2, cos2, miles[i]})
	}
	var qr mat.QR
	qr.Factorize(x)
	var beta mat.Dense
	err := qr.SolveTo(&beta, false, mat.NewDense(len(delay), 1, slices.Clone(delay)))
	return &beta, err
}

// larger is a blocked product and a blocked Cholesky of matrices that are
// random on the workers.
func (s *session) larger() error {
	n := 2048 * s.cfg.Scale
	s.section("Larger: %d × %d in blocks of 512", n, n)
	g := array.Random(s.cfg.Seed)
	shape, chunk := []int{n, n}, array.ChunkShape(512, 512)
	a, b := g.Uniform(shape, chunk), g.Normal(0, 1, shape, chunk)
	ad, err := a.Dense(s.ctx, s.runner)
	if err != nil {
		return err
	}
	bd, err := b.Dense(s.ctx, s.runner)
	if err != nil {
		return err
	}
	if err := s.compare(fmt.Sprintf("matmul %d", n), 1e-12, array.MatMul(a, b), func() mat.Matrix {
		var c mat.Dense
		c.Mul(ad, bd)
		return &c
	}); err != nil {
		return err
	}
	spd := a.Add(a.Transpose()).Add(array.Eye(n, chunk).Mul(2 * n))
	return s.compare(fmt.Sprintf("Cholesky %d", n), 1e-12, spd.Cholesky(), func() mat.Matrix {
		m := mat.NewSymDense(n, nil)
		for i := range n {
			for j := i; j < n; j++ {
				m.SetSym(i, j, ad.At(i, j)+ad.At(j, i))
			}
		}
		return choleskyOf(m, float64(2*n))
	})
}
