/*
 * Summaries are checked once, when a rule is loaded, so that formatting
 * cannot fail. Percentages never round up to 100 or down to 0: a sensor that
 * misses 99.96 % does not miss everything.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include "judge/template.h"

enum template_word {
	WORD_SENSOR,
	WORD_PEER,
	WORD_WORKER,
	WORD_FACET,
	WORD_VALUE,
	WORD_DIRECTION,
	WORD_SHARE,
	WORD_FROM,
	WORD_TO,
	WORD_DURATION,
	WORD_ATTRIBUTE,
	WORD_CAUSE,
	TEMPLATE_NWORDS
};

static const char *const template_words[TEMPLATE_NWORDS] = { "sensor", "peer",
	"worker", "facet", "value", "direction", "share", "from", "to",
	"duration", "attribute", "cause" };

static const char *const template_hints[] = { "", "%", "s", "+s" };

/* One placeholder: either a word or an evidence column. */
struct template_hole {
	enum template_word word; /* TEMPLATE_NWORDS: a column */
	enum evidence_number column;
	struct span hint;
};

/* From s behind '{' to the offset behind '}'; 0 with a message in why. */
static size_t
template_hole(const char *s, struct template_hole *out, struct diag *why)
{
	size_t n = strcspn(s, "{}"), name = strcspn(s, ":{}"), i;
	struct span word = { s, name };

	if (s[n] != '}') {
		diag_set(why, "'{' without its '}'; '{{' prints a brace");
		return 0;
	}
	out->hint = name < n ? (struct span){ s + name + 1, n - name - 1 }
			     : SPAN_LITERAL("");
	for (i = 0; i < ARRAY_LEN(template_hints); i++)
		if (span_is(out->hint, template_hints[i]))
			break;
	if (i == ARRAY_LEN(template_hints)) {
		diag_set(why, "unknown format ':%.*s'; wanted :%%, :s or :+s",
		    (int)(out->hint.n > 40 ? 40 : out->hint.n), out->hint.p);
		return 0;
	}
	for (i = 0; i < TEMPLATE_NWORDS; i++)
		if (span_is(word, template_words[i]))
			break;
	out->word = (enum template_word)i;
	if (i == TEMPLATE_NWORDS && !evidence_find(word, &out->column)) {
		diag_set(why,
		    "unknown placeholder '{%.*s}'; wanted an "
		    "evidence column or one of sensor, peer, worker, facet, "
		    "value, direction, share, from, to, "
		    "duration, attribute, cause",
		    (int)(word.n > 40 ? 40 : word.n), word.p);
		return 0;
	}
	return n + 1;
}

static bool
template_hole_fits(
    const struct template_hole *h, enum evidence_kind kind, struct diag *why)
{
	bool text = h->word != TEMPLATE_NWORDS && h->word != WORD_SHARE;
	bool worker = h->word == WORD_WORKER && kind != EVIDENCE_WORKER;

	if (text && h->hint.n > 0)
		diag_set(why, "{%s} takes no format", template_words[h->word]);
	else if (worker)
		diag_set(why, "rows per %s have no {worker}",
		    evidence_kind_name(kind));
	else if (h->word == TEMPLATE_NWORDS && !evidence_has(kind, h->column))
		diag_set(why, "rows per %s have no column '%s'",
		    evidence_kind_name(kind), evidence_name(h->column));
	else
		return true;
	return false;
}

bool
template_check(
    const char *text, enum evidence_kind kind, size_t *at, struct diag *why)
{
	struct template_hole h;
	size_t i = 0, n;

	while (text[i] != '\0') {
		*at = i;
		if (text[i] == '}') {
			diag_set(why, "'}' without its '{'");
			return false;
		}
		if (text[i++] != '{')
			continue;
		if (text[i] == '{') {
			i++;
			continue;
		}
		n = template_hole(text + i, &h, why);
		if (n == 0 || !template_hole_fits(&h, kind, why))
			return false;
		i += n;
	}
	return true;
}

static void
template_add_percent(struct buf *out, double v)
{
	double percent = v * 100;
	char text[32];

	if (v > 0 && v < 1 && percent > 99.9)
		percent = 99.9;
	if (percent > 0 && percent < 0.1)
		(void)snprintf(text, sizeof(text), "%.2g", percent);
	else
		(void)snprintf(text, sizeof(text), "%.1f", percent);
	buf_printf(out, "%s %%", text);
}

static void
template_add_seconds(struct buf *out, double v, bool with_sign)
{
	int decimals = fabs(v) < 10 ? 3 : fabs(v) < 100 ? 1 : 0;
	char text[64];
	size_t n;

	if (fabs(v) < 0.0005)
		v = 0; /* not "-0" */
	(void)snprintf(
	    text, sizeof(text), with_sign ? "%+.*f" : "%.*f", decimals, v);
	n = strlen(text);
	while (decimals > 0 && text[n - 1] == '0')
		text[--n] = '\0';
	if (text[n - 1] == '.')
		text[--n] = '\0';
	buf_printf(out, "%s s", text);
}

void
template_add_number(
    struct buf *out, double v, const char *unit, struct span hint)
{
	struct span u = span_from(unit);

	if (!isfinite(v) || fabs(v) > 1e18)
		buf_add_str(out, "unknown");
	else if (span_is(hint, "%") || (hint.n == 0 && span_is(u, "share")))
		template_add_percent(out, v);
	else if (hint.n > 0 || span_is(u, "s"))
		template_add_seconds(out, v, span_is(hint, "+s"));
	else if (span_is(u, "sigma"))
		buf_printf(out, "%.1f", v);
	else
		buf_printf(out, "%.0f", v);
}

/* Proleptic Gregorian calendar in UTC: days are counted from 1 March, so that
 * the leap day is the last of a year of 365.2425 days on average. */
static void
template_add_time(struct buf *out, int64_t us)
{
	int64_t s = us / US_PER_S - (us % US_PER_S < 0), day = s / 86400;
	int64_t rest = s % 86400, era, of_era, year, of_year, month;

	if (rest < 0) {
		rest += 86400;
		day--;
	}
	day += 719468; /* from 0000-03-01 to 1970-01-01 */
	era = (day >= 0 ? day : day - 146096) / 146097;
	of_era = day - era * 146097;
	year =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	buf_printf(out,
	    "%04" PRId64 "-%02" PRId64 "-%02" PRId64 " %02" PRId64 ":%02" PRId64
	    ":%02" PRId64 " UTC",
	    year + era * 400 + (month >= 10),
	    month < 10 ? month + 3 : month - 9,
	    of_year - (153 * month + 2) / 5 + 1, rest / 3600, rest / 60 % 60,
	    rest % 60);
}

static void
template_add_duration(struct buf *out, int64_t us)
{
	int64_t s = us / US_PER_S, minutes = s / 60;

	if (s < 120 || (s < 3600 && s % 60 != 0))
		buf_printf(out, "%" PRId64 " s", s);
	else if (minutes < 120)
		buf_printf(out, "%" PRId64 " min", minutes);
	else if (minutes % 60 == 0)
		buf_printf(out, "%" PRId64 " h", minutes / 60);
	else
		buf_printf(out, "%" PRId64 " h %" PRId64 " min", minutes / 60,
		    minutes % 60);
}

static void
template_fill(struct buf *out, const struct template_hole *h,
    const struct finding *f, template_number_fn *number, void *arg)
{
	switch (h->word) {
	case WORD_SENSOR:
		buf_add_str(out, f->sensor);
		break;
	case WORD_PEER:
		buf_add_str(out, f->peer);
		break;
	case WORD_FACET:
		buf_add_str(out, f->facet);
		break;
	case WORD_WORKER:
	case WORD_VALUE:
		buf_add_str(out, f->value);
		break;
	case WORD_ATTRIBUTE:
		buf_add_str(out, f->attribute);
		break;
	case WORD_CAUSE:
		buf_add_str(out, f->cause);
		break;
	case WORD_DIRECTION:
		buf_add_str(out, finding_direction_name(f->direction));
		break;
	case WORD_SHARE:
		template_add_number(out, f->share, "share", h->hint);
		break;
	case WORD_FROM:
		template_add_time(out, f->from_us);
		break;
	case WORD_TO:
		template_add_time(out, f->to_us);
		break;
	case WORD_DURATION:
		template_add_duration(out, f->to_us - f->from_us);
		break;
	case TEMPLATE_NWORDS:
		template_add_number(out, number(arg, h->column),
		    evidence_unit(h->column), h->hint);
		break;
	}
}

bool
template_format(
    const char *text, struct finding *f, template_number_fn *number, void *arg)
{
	struct buf out = BUF_INIT;
	struct template_hole h;
	size_t i = 0, n;
	bool ok;

	while (text[i] != '\0') {
		if (text[i] != '{') {
			buf_add_char(&out, text[i++]);
		} else if (text[i + 1] == '{') {
			buf_add_char(&out, '{');
			i += 2;
		} else {
			n = template_hole(text + i + 1, &h, NULL);
			INVARIANT(n > 0);
			template_fill(&out, &h, f, number, arg);
			i += n + 1;
		}
	}
	ok = buf_ok(&out);
	n = ok ? out.n : 0;
	if (n >= sizeof(f->summary)) {
		n = sizeof(f->summary) - 1;
		while (n > 0 && ((unsigned char)out.p[n] & 0xc0) == 0x80)
			n--;
	}
	if (n > 0)
		memcpy(f->summary, out.p, n);
	f->summary[n] = '\0';
	buf_clear(&out);
	return ok;
}
