/*
 * How a group agreed over time, as cells: a stretch of time in so many pieces
 * that a person can tell them apart. What was not compared is never drawn as
 * what agrees.
 */
#ifndef WEB_HEAT_H
#define WEB_HEAT_H

#include "store/overview.h"
#include "store/reading.h"
#include "web/visit.h"

/* How much time is looked at. */
struct view {
	const char *name;
	int64_t span_us, cell_us;
	int64_t tick_us;       /* between the labels below it */
	enum store_span by;    /* what the cells are summed up of */
	const char *closer;    /* the view of a cell; NULL: its bucket */
	const char *tick_form; /* of heat_tick() */
};
#define HEAT_NVIEWS 5
extern const struct view heat_views[HEAT_NVIEWS];
/* That of the parameter `view`; the day if it is not given or unknown. */
const struct view *heat_view(const struct visit *v);

enum heat_level {
	HEAT_NO_RECORD,
	HEAT_NOT_COMPARED,
	HEAT_EQUAL,
	HEAT_LEAST, /* differs by under 0.1 % */
	HEAT_SOME,  /* 1 % */
	HEAT_MUCH,  /* 5 % */
	HEAT_MORE,  /* 20 % */
	HEAT_MOST
};
#define HEAT_NLEVELS 8

struct heat_cell {
	int64_t start_us;
	uint64_t buckets, differ, uncompared;
	uint64_t paired, unpaired, damaged;
	double worst; /* least agreement; NaN: nothing compared */
	bool early;   /* a reading in it is not the full one yet */
};
#define HEAT_MAX_CELLS 400
struct heat {
	const struct view *view;
	int64_t from_us, to_us, cell_us;
	/* What was before it is pruned here; 0: nothing of it is. */
	int64_t pruned_us;
	bool asked;      /* what was before it is on its way */
	struct diag why; /* it is not known; "": it is */
	size_t n;
	struct heat_cell cell[HEAT_MAX_CELLS];
};

/* The time that ends at to_us, or soon after, so that cells are whole. False:
 * an error is answered. */
bool heat_load(struct visit *v, const struct store_group_info *g,
    const struct view *view, int64_t to_us, struct heat *h) MUSTCHECK;

enum heat_level heat_level(const struct heat_cell *c);
/* One row of links, as wide as there is room. */
void heat_draw(struct buf *out, const struct heat *h, const char *group);
/* The times below it. */
void heat_axis(struct buf *out, const struct heat *h);
/* In words: the least agreement, how many differ, how many are unknown. */
void heat_words(struct buf *out, const struct heat *h);
void heat_legend(struct buf *out);
/* Links to other views and times; base is the address up to the parameters. */
void heat_links(struct buf *out, const struct heat *h, int64_t now_us);

#endif
