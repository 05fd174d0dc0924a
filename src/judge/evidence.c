/*
 * The evidence columns as tables, made from the one list in evidence.h. The
 * only thing that is said here and not there is which count a share is a
 * share of, since pooling shares over buckets needs it.
 */
#include <math.h>
#include "judge/evidence.h"

struct evidence_column {
	const char *name;
	const char *unit;
	const char *meaning;
};

static const struct evidence_column evidence_columns[EVIDENCE_NNUMBERS] = {
#define X(name, unit, meaning) { #name, unit, meaning },
	EVIDENCE_NUMBERS(X)
#undef X
};

static const struct evidence_column evidence_texts[EVIDENCE_NTEXTS] = {
#define X(name, meaning) { #name, "text", meaning },
	EVIDENCE_TEXTS(X)
#undef X
};

static const char *const evidence_kinds[EVIDENCE_NKINDS] = { "sensor", "worker",
	"facet", "group", "attribute" };

/* What a share is a share of; everything else weighs by peer_flows. */
static const struct evidence_ratio {
	enum evidence_number share;
	enum evidence_number of;
} evidence_ratios[] = {
	{ EV_split_share, EV_flows },
	{ EV_damaged_share, EV_fresh },
	{ EV_packet_loss, EV_peer_packets },
	{ EV_damage_random, EV_damaged },
	{ EV_onesided_orig, EV_damaged },
	{ EV_onesided_resp, EV_damaged },
	{ EV_onesided_in, EV_damaged },
	{ EV_onesided_out, EV_damaged },
	{ EV_checksum_share, EV_damaged },
	{ EV_large_over, EV_lost_packets },
	{ EV_large_share, EV_lost_packets },
	{ EV_large_base, EV_peer_packets },
	{ EV_cut_share, EV_lost_packets },
	{ EV_local_ends, EV_flows },
	{ EV_repeat_share, EV_peer_damaged },
	{ EV_peer_gap_share, EV_peer_damaged },
	{ EV_multiple, EV_fresh },
	{ EV_multiple_factor, EV_fresh },
	{ EV_offset, EV_offset_pairs },
	{ EV_offset_spread, EV_offset_pairs },
	{ EV_explained, EV_missing },
	{ EV_missing_fresh, EV_missing },
	{ EV_worker_share, EV_flows },
	{ EV_worker_recall, EV_missing },
	{ EV_precision, EV_facet_flows },
	{ EV_recall, EV_missing },
};

void
evidence_init(struct evidence *e, enum evidence_kind kind)
{
	size_t i;

	e->kind = kind;
	e->start_us = 0;
	for (i = 0; i < EVIDENCE_NNUMBERS; i++)
		e->n[i] = NAN;
	for (i = 0; i < EVIDENCE_NTEXTS; i++)
		e->t[i][0] = '\0';
}

const char *
evidence_name(enum evidence_number c)
{
	return evidence_columns[c].name;
}

const char *
evidence_unit(enum evidence_number c)
{
	return evidence_columns[c].unit;
}

const char *
evidence_meaning(enum evidence_number c)
{
	return evidence_columns[c].meaning;
}

const char *
evidence_text_name(enum evidence_text c)
{
	return evidence_texts[c].name;
}

const char *
evidence_text_meaning(enum evidence_text c)
{
	return evidence_texts[c].meaning;
}

const char *
evidence_kind_name(enum evidence_kind k)
{
	return evidence_kinds[k];
}

bool
evidence_find(struct span name, enum evidence_number *out)
{
	size_t i;

	for (i = 0; i < EVIDENCE_NNUMBERS; i++) {
		if (span_is(name, evidence_columns[i].name)) {
			*out = (enum evidence_number)i;
			return true;
		}
	}
	return false;
}

bool
evidence_find_text(struct span name, enum evidence_text *out)
{
	size_t i;

	for (i = 0; i < EVIDENCE_NTEXTS; i++) {
		if (span_is(name, evidence_texts[i].name)) {
			*out = (enum evidence_text)i;
			return true;
		}
	}
	return false;
}

/* The columns of one kind stand together in the list. */
bool
evidence_has(enum evidence_kind k, enum evidence_number c)
{
	if (c >= EV_worker_flows && c <= EV_workers_frozen)
		return k == EVIDENCE_WORKER;
	if (c >= EV_facet_flows && c <= EV_facet_sigma)
		return k == EVIDENCE_FACET;
	if (c >= EV_group_sensors && c <= EV_vanished_nets)
		return k == EVIDENCE_GROUP;
	if (c >= EV_attribute_sensors && c <= EV_attribute_groups)
		return k == EVIDENCE_ATTRIBUTE;
	return true;
}

bool
evidence_has_text(enum evidence_kind k, enum evidence_text c)
{
	if (c == EVT_worker)
		return k == EVIDENCE_WORKER;
	if (c == EVT_facet || c == EVT_value)
		return k == EVIDENCE_FACET || k == EVIDENCE_GROUP ||
		    k == EVIDENCE_ATTRIBUTE;
	if (c == EVT_attribute || c == EVT_cause)
		return k == EVIDENCE_ATTRIBUTE;
	return true;
}

enum evidence_pool
evidence_pool(enum evidence_number c)
{
	struct span unit = span_from(evidence_columns[c].unit);

	if (span_is(unit, "flows") || span_is(unit, "packets") ||
	    span_is(unit, "lines"))
		return EVIDENCE_SUM;
	if (c == EV_silent_before || c == EV_silent_after || c == EV_behind)
		return EVIDENCE_MAX;
	return EVIDENCE_MEAN;
}

enum evidence_number
evidence_weight(enum evidence_number c)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(evidence_ratios); i++)
		if (evidence_ratios[i].share == c)
			return evidence_ratios[i].of;
	return EV_peer_flows;
}
