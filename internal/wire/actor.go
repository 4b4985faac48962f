package wire

// MaxActorBytes bounds the encoded argument and the encoded result of one call of
// an actor: they go through the scheduler.
const MaxActorBytes = 1 << 20
