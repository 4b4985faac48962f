package expr

import (
	"strings"
	"unicode/utf8"
)

// likePattern is a parsed SQL pattern: literal characters, any one character,
// any run of characters.
type likePattern struct {
	tokens []rune
	// plain is set when the pattern is a text with or without runs at its ends.
	plain               string
	isPlain, head, tail bool
}

// Tokens that are no character.
const (
	anyOne rune = -1 - iota
	anyRun
)

// parseLike reads a pattern: % matches any run, _ one character, and \ makes
// the character after it literal.
func parseLike(pattern string) likePattern {
	var p likePattern
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			p.tokens, escaped = append(p.tokens, r), false
		case r == '\\':
			escaped = true
		case r == '%':
			if n := len(p.tokens); n == 0 || p.tokens[n-1] != anyRun {
				p.tokens = append(p.tokens, anyRun)
			}
		case r == '_':
			p.tokens = append(p.tokens, anyOne)
		default:
			p.tokens = append(p.tokens, r)
		}
	}
	if escaped {
		p.tokens = append(p.tokens, '\\')
	}
	p.simplify()
	return p
}

// simplify recognises the patterns that a search for one text answers.
func (p *likePattern) simplify() {
	inner := p.tokens
	if len(inner) > 0 && inner[0] == anyRun {
		p.head, inner = true, inner[1:]
	}
	if len(inner) > 0 && inner[len(inner)-1] == anyRun {
		p.tail, inner = true, inner[:len(inner)-1]
	}
	for _, t := range inner {
		if t < 0 || t == utf8.RuneError {
			return
		}
	}
	p.isPlain, p.plain = true, string(inner)
}

func (p *likePattern) matches(s string) bool {
	switch {
	case !p.isPlain:
		return p.walk(s)
	case p.head && p.tail:
		return strings.Contains(s, p.plain)
	case p.head:
		return len(p.tokens) == 1 || strings.HasSuffix(s, p.plain)
	case p.tail:
		return strings.HasPrefix(s, p.plain)
	}
	return s == p.plain
}

// walk matches greedily and goes back to the latest run when it fails.
func (p *likePattern) walk(s string) bool {
	at, token := 0, 0
	runToken, runAt := -1, 0
	for at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		switch {
		case token < len(p.tokens) && p.tokens[token] == anyRun:
			runToken, runAt = token, at
			token++
		case token < len(p.tokens) && (p.tokens[token] == anyOne || p.tokens[token] == r):
			token, at = token+1, at+size
		case runToken >= 0:
			_, step := utf8.DecodeRuneInString(s[runAt:])
			runAt += step
			token, at = runToken+1, runAt
		default:
			return false
		}
	}
	for token < len(p.tokens) && p.tokens[token] == anyRun {
		token++
	}
	return token == len(p.tokens)
}
