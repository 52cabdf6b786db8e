package rows

// seen is a small set of keys that is emptied at no cost.
type seen struct {
	keys  []int64
	stamp []uint32
	epoch uint32
	mask  uint64
}

// reset empties the set and makes room for n keys.
func (s *seen) reset(n int) {
	size := 16
	for size < 2*n {
		size *= 2
	}
	if size > len(s.keys) {
		s.keys, s.stamp, s.epoch = make([]int64, size), make([]uint32, size), 0
	}
	s.mask = uint64(size - 1)
	if s.epoch++; s.epoch == 0 {
		clear(s.stamp)
		s.epoch = 1
	}
}

// add reports whether the key is new. No more keys may be added than reset
// made room for.
func (s *seen) add(key int64) bool {
	isNew, _ := s.put(key)
	return isNew
}

// put is add that also returns the key's place.
func (s *seen) put(key int64) (bool, uint64) {
	h := uint64(key) * 0x9E3779B97F4A7C15
	i := (h >> 32) & s.mask
	for s.stamp[i] == s.epoch {
		if s.keys[i] == key {
			return false, i
		}
		i = (i + 1) & s.mask
	}
	s.stamp[i], s.keys[i] = s.epoch, key
	return true, i
}

// tally counts how often keys occur.
type tally struct {
	seen   seen
	counts []int32
}

// reset empties the tally and makes room for n keys.
func (t *tally) reset(n int) {
	t.seen.reset(n)
	if len(t.counts) < len(t.seen.keys) {
		t.counts = make([]int32, len(t.seen.keys))
	}
}

// add counts the key once more and returns its count.
func (t *tally) add(key int64) int32 {
	isNew, i := t.seen.put(key)
	if isNew {
		t.counts[i] = 0
	}
	t.counts[i]++
	return t.counts[i]
}
