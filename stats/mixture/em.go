package mixture

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/kreds/kreds/stats"
)

// em is one run of expectation maximisation.
type em struct {
	data       *Answers
	counts     []float64
	offset     []int // of each item in a class's probabilities
	width      int   // probabilities of a class
	shares     []float64
	probs      []float64 // class by item and level
	posterior  []float64 // pattern by class
	logits     *logits   // of classes by covariates; nil without
	likelihood float64
	iterations int
	converged  bool
}

func newEM(data *Answers, counts []float64, o Options) *em {
	m := &em{data: data, counts: counts, shares: make([]float64, o.Classes)}
	for _, l := range data.Levels {
		m.offset = append(m.offset, m.width)
		m.width += l
	}
	m.probs = make([]float64, o.Classes*m.width)
	m.posterior = make([]float64, len(counts)*o.Classes)
	return m
}

// start draws the answers' probabilities at random; classes are equally large.
func (m *em) start(rng *rand.Rand) {
	for c := range m.shares {
		m.shares[c] = 1 / float64(len(m.shares))
		for j, l := range m.data.Levels {
			p := m.item(c, j)
			var sum float64
			for v := range l {
				p[v] = rng.Float64() + 1e-3
				sum += p[v]
			}
			for v := range l {
				p[v] /= sum
			}
		}
	}
}

// assign begins with classes of the rows, which are the patterns of.
func (m *em) assign(labels, of []int32) {
	k := len(m.shares)
	for i, p := range of {
		post := m.posterior[int(p)*k : (int(p)+1)*k]
		for c := range post {
			post[c] += begun(c == int(labels[i]), k) / m.counts[p]
		}
	}
	m.maximise()
}

// begun is the posterior of a row in its own class, or in one of the others, where a
// run begins from labels.
func begun(own bool, classes int) float64 {
	if own {
		return 9 / float64(classes+8)
	}
	return 1 / float64(classes+8)
}

// item returns the probabilities of a class's answers to an item.
func (m *em) item(class, item int) []float64 {
	from := class*m.width + m.offset[item]
	return m.probs[from : from+m.data.Levels[item]]
}

func (m *em) run(ctx context.Context, maxIter int, tol float64) error {
	last := math.Inf(-1)
	for m.iterations = 1; m.iterations <= maxIter; m.iterations++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.expect()
		if m.likelihood-last < tol {
			m.converged = true
			return nil
		}
		last = m.likelihood
		m.maximise()
	}
	m.expect()
	return nil
}

// expect computes the posterior of each pattern and the log-likelihood. It works
// with logarithms, so that many items do not underflow.
func (m *em) expect() {
	k := len(m.shares)
	m.likelihood = 0
	prior := make([]float64, k)
	for c, s := range m.shares {
		prior[c] = math.Log(s)
	}
	for i, n := range m.counts {
		row := m.data.Codes[i*m.data.Items : (i+1)*m.data.Items]
		post := m.posterior[i*k : (i+1)*k]
		if m.logits != nil {
			m.logits.priors(i, prior)
		}
		most := math.Inf(-1)
		for c := range post {
			l := prior[c]
			for j, v := range row {
				if v != Missing {
					l += math.Log(m.probs[c*m.width+m.offset[j]+int(v)])
				}
			}
			post[c] = l
			most = max(most, l)
		}
		log := posterior(post, most)
		m.likelihood += n * log
	}
}

// maximise computes shares and probabilities from the posterior.
func (m *em) maximise() {
	k := len(m.shares)
	clear(m.shares)
	clear(m.probs)
	var total float64
	for i, n := range m.counts {
		row := m.data.Codes[i*m.data.Items : (i+1)*m.data.Items]
		total += n
		for c, p := range m.posterior[i*k : (i+1)*k] {
			m.shares[c] += n * p
			for j, v := range row {
				if v != Missing {
					m.probs[c*m.width+m.offset[j]+int(v)] += n * p
				}
			}
		}
	}
	for c := range m.shares {
		m.shares[c] = max(m.shares[c]/total, tiny)
		for j, l := range m.data.Levels {
			p := m.item(c, j)
			var sum float64
			for _, v := range p {
				sum += v
			}
			for v := range p {
				if sum > 0 {
					p[v] = max(p[v]/sum, tiny)
				} else {
					p[v] = 1 / float64(l)
				}
			}
		}
	}
	if m.logits != nil {
		m.logits.fit(m.posterior)
	}
}

// tiny keeps logarithms finite; it changes no likelihood that can be seen.
const tiny = 1e-300

// model returns the run's outcome for rows that are the patterns of.
func (m *em) model(of []int32) *Classes {
	k := len(m.shares)
	order := make([]int, k)
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(m.shares[b], m.shares[a]) })
	out := &Classes{
		Posterior: stats.NewMatrix(len(of), k), LogLikelihood: m.likelihood, Rows: len(of),
		Iterations: m.iterations, Converged: m.converged, Parameters: k - 1,
	}
	for _, c := range order {
		out.Shares = append(out.Shares, m.shares[c])
		var items [][]float64
		for j, l := range m.data.Levels {
			items = append(items, slices.Clone(m.item(c, j)))
			out.Parameters += max(0, l-1)
		}
		out.Probabilities = append(out.Probabilities, items)
	}
	if m.logits != nil {
		out.Parameters += (k - 1) * (m.logits.z.Cols - 1)
		out.Coefficients, out.Errors = m.logits.model(m, order)
	} else {
		out.G2, out.X2 = m.misfit()
	}
	for i, p := range of {
		for now, was := range order {
			out.Posterior.Row(i)[now] = m.posterior[int(p)*k+was]
		}
	}
	return out
}

// misfit compares the counts of complete patterns with what is expected.
func (m *em) misfit() (g2, x2 float64) {
	var complete float64
	full := make([]bool, len(m.counts))
	for i, n := range m.counts {
		full[i] = !slices.Contains(m.data.Codes[i*m.data.Items:(i+1)*m.data.Items], Missing)
		if full[i] {
			complete += n
		}
	}
	rest := complete // expected in patterns that nobody has
	for i, n := range m.counts {
		if !full[i] {
			continue
		}
		var p float64
		for c, share := range m.shares {
			l := math.Log(share)
			for j, v := range m.data.Codes[i*m.data.Items : (i+1)*m.data.Items] {
				l += math.Log(m.probs[c*m.width+m.offset[j]+int(v)])
			}
			p += math.Exp(l)
		}
		e := max(complete*p, tiny)
		g2 += 2 * n * math.Log(n/e)
		x2 = min(math.MaxFloat64, x2+(n-e)/e*(n-e))
		rest -= e
	}
	return max(0, g2), min(math.MaxFloat64, x2+max(0, rest))
}
