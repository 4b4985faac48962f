package server

// goneKept is how many names of workers that are gone are remembered, for
// stories.
const goneKept = 4096

// bury sees to those who count on a worker that is gone.
func (l *loop) bury(w *worker, cause string) {
	if len(l.gone) >= goneKept {
		clear(l.gone)
	}
	l.gone[w.id] = w.hello.Name
	l.loseRuns(w, cause)
	for _, v := range l.workers { // each for itself
		if int(w.id) < len(v.out.told) && v.out.told[w.id] {
			m := v.at(l, stageEmpty)
			m.Lost = append(m.Lost, uint32(w.id))
		}
	}
}
