/*
 * Renames are cut at the first '='; the left side must be a name, and what it
 * may be is checked by the parser that knows the fields.
 */
#include "sys/window_options.h"
#include "sys/when.h"

static bool
window_options_renames(struct window_options *w, struct diag *d)
{
	size_t i;

	for (i = 0; i < w->field.n; i++) {
		const char *text = w->field.item[i];
		size_t left = strcspn(text, "=");

		if (left == 0 || text[left] == '\0' || text[left + 1] == '\0') {
			diag_set(d,
			    "--field: bad value '%s'; wanted ZEEK=NAME, "
			    "like id.orig_h=src_ip",
			    text);
			return false;
		}
		w->renames[i].zeek = (struct span){ text, left };
		w->renames[i].name = span_from(text + left + 1);
	}
	w->nrenames = w->field.n;
	return true;
}

static bool
window_options_time(const char *option, const char *text, const char *tz,
    int64_t now_us, int64_t *out, struct diag *d)
{
	struct diag why = DIAG_INIT;

	if (text == NULL || when_parse(text, tz, now_us, out, &why))
		return true;
	diag_set(d, "%s: %s", option, why.text);
	return false;
}

void
window_options_align(struct window_options *w)
{
	int64_t over;

	if (w->from_us != INT64_MIN) {
		over = w->from_us % w->width_us;
		w->from_us -= over < 0 ? over + w->width_us : over;
	}
	if (w->to_us != INT64_MAX) {
		over = w->to_us % w->width_us;
		w->to_us += over > 0 ? w->width_us - over : -over;
	}
}

bool
window_options_resolve(struct window_options *w, int64_t now_us, struct diag *d)
{
	struct diag why = DIAG_INIT;

	w->from_us = INT64_MIN;
	w->to_us = INT64_MAX;
	w->width_us = (int64_t)w->bucket_s * US_PER_S;
	w->settle_us = (int64_t)w->settle_s * US_PER_S;
	if (!when_zone_check(w->tz, &why)) {
		diag_set(d, "--tz: %s", why.text);
		return false;
	}
	if (!window_options_time(
		"--from", w->from, w->tz, now_us, &w->from_us, d) ||
	    !window_options_time("--to", w->to, w->tz, now_us, &w->to_us, d))
		return false;
	if (w->from_us >= w->to_us) {
		diag_set(d,
		    "--from %s is not before --to %s; the window is empty",
		    w->from, w->to);
		return false;
	}
	window_options_align(w);
	return window_options_renames(w, d);
}
