/*
 * Matching goes back to the last '*' only, so that its time is bounded by the
 * product of both lengths.
 */
#include "net/pattern.h"

static char
pattern_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
pattern_match(struct span pattern, struct span text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, star_t = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			star_t = t;
		} else if (p < pattern.n &&
		    (pattern.p[p] == '?' ||
			pattern_lower(pattern.p[p]) ==
			    pattern_lower(text.p[t]))) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++star_t;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

enum pattern_verdict
pattern_list_match(struct span list, const char *separators, struct span text)
{
	enum pattern_verdict verdict = PATTERN_NO;
	size_t at = 0, from;
	struct span one;
	bool not ;

	while (at < list.n) {
		from = at;
		while (at < list.n && strchr(separators, list.p[at]) == NULL)
			at++;
		one = (struct span){ list.p + from, at - from };
		at++;
		not = one.n > 0 && one.p[0] == '!';
		if (not ) {
			one.p++;
			one.n--;
		}
		if (one.n == 0 || !pattern_match(one, text))
			continue;
		if (not )
			return PATTERN_FORBIDDEN;
		verdict = PATTERN_YES;
	}
	return verdict;
}
