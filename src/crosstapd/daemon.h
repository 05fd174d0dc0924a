/*
 * The daemon: groups that are compared on one event loop, a store that keeps
 * what came out, and a socket by which people ask. All state is here; nothing
 * is global.
 */
#ifndef CROSSTAPD_DAEMON_H
#define CROSSTAPD_DAEMON_H

#include "crosstapd/puller.h"
#include "crosstapd/schedule.h"
#include "judge/norm.h"
#include "net/control.h"
#include "net/loop.h"
#include "store/store.h"
#include "sys/log.h"

#define DAEMON_MAX_CYCLES 32 /* at once */
/* Times that the puller ended over a question of a group, after which it is
 * taken to be the reason. */
#define GROUP_MAX_LOST 2
/* After a write to the store that failed, until the next one is tried. */
#define DAEMON_STORE_PAUSE_US (10 * US_PER_S)

struct daemon;
struct feeds; /* feeds.h */

/* Where the time of a comparison goes. */
enum group_part {
	GROUP_ASKING, /* the sensors and the way to them */
	GROUP_JUDGING,
	GROUP_WRITING /* into the store */
};
#define GROUP_NPARTS 3
#define GROUP_NREADINGS 3 /* early, full, backfill */
#define GROUP_NKINDS 6    /* the fields of struct result_counts */

/* What one group does; owned by the daemon. */
struct group {
	struct daemon *daemon;
	const struct config_group *config; /* borrowed from daemon->config */
	struct rules *rules;               /* borrowed from daemon->rules */
	uint32_t set;                      /* number of these */
	struct schedule schedule;
	uint64_t seed;
	int64_t first_us; /* the oldest bucket that was ever asked for */
	int64_t shift_us[RESULT_MAX_SENSORS];

	int64_t learned_us; /* when the norms were last learned */
	struct norm_week norm[RESULT_MAX_PAIRS]; /* of pairs, as in results */

	struct puller_job *job; /* owned; NULL: none under way */
	unsigned lost;          /* the puller ended, so many times on end */
	struct schedule_step step;
	bool backfill;             /* the step is of buckets that were missed */
	struct group_flows *flows; /* owned; NULL: none are wanted */
	int64_t began_us, pause_until_us, next_backfill_us;

	/* Of the last full cycle. */
	unsigned answered; /* by so many sensors */
	int64_t last_us, bytes;
	int64_t took_us[GROUP_NPARTS]; /* by the system's clock */
	bool behind;                   /* it does not keep up */
	char why_behind[192];
	unsigned open;               /* incidents */
	size_t missing;              /* buckets known to be missed */
	struct result_bucket bucket; /* the newest */
	struct result_pair pair[RESULT_MAX_PAIRS];
	size_t npairs;
	struct group_sensor {
		int64_t success_us, watermark_us, lag_us, offset_us;
		int64_t waited_us; /* for its answers */
		bool has_offset;
		char failed[256];
	} sensor[RESULT_MAX_SENSORS];
	struct group_worker {
		char sensor[64], name[64];
		double share;
	} * worker; /* owned */
	size_t nworkers;

	/* Since the group was made, for the metrics. */
	struct group_total {
		uint64_t cycles[GROUP_NREADINGS];
		uint64_t bytes[RESULT_MAX_SENSORS];
		int64_t waited_us[RESULT_MAX_SENSORS];
		int64_t took_us[GROUP_NPARTS];
		uint64_t buckets[BUCKET_MISSING + 1];
		uint64_t flows[RESULT_MAX_SENSORS];
		uint64_t pair[RESULT_MAX_PAIRS][GROUP_NKINDS];
	} total;
};

/* Rules that groups share. */
struct daemon_rules {
	char *path;          /* owned */
	struct rules *rules; /* owned */
};

struct daemon_options {
	const char *config; /* file; NULL: where it is looked for */
	const char *rules;  /* folder; NULL: the installed one */
	bool check;         /* only check */
	bool verbose;
	const char *clock;   /* a time: it stands still until it is set */
	const char *program; /* its own name, as it was started */
};

struct daemon {
	const struct daemon_options *options; /* borrowed */
	struct log log;
	bool manual; /* the clock is set by hand */
	int64_t manual_us;
	struct loop *loop;        /* owned, as below */
	struct loop_timer *tick;  /* something is due */
	struct loop_timer *watch; /* the watchdog wants to hear */
	struct ssh *ssh;          /* of children: it connects to nobody */
	struct puller *puller;
	struct buf boot; /* what a puller is told */
	struct store *store;
	struct control *control;
	struct web *web; /* NULL: there is none */
	struct config config;
	struct remote_target *targets; /* of config.sensors: what is run here */
	struct daemon_rules *rules;
	size_t nrules;
	struct group *groups;
	size_t ngroups;
	struct files *files; /* owned */
	struct feeds *feeds; /* owned: of config.feeds */
	size_t first;        /* whose turn it is when not all can be asked */
	size_t running;
	bool stopping, reload;
	struct control_call *clock_call; /* waits until nothing is due */
	int64_t began_us;
	uint64_t cycles, failures; /* of the store: written or not */
	int64_t pruned_us;         /* the store was last tidied */
	int64_t looked_us;         /* the clock, when it was last looked at */
	char trouble[256];         /* of the store; "": none */
};

int64_t daemon_now(const struct daemon *dm);
/* Looks what is due. */
void daemon_wake(struct daemon *dm);

/* A whole run; the exit status. */
int daemon_run(const struct daemon_options *o);

/* group.c */
bool group_init(struct group *g, struct daemon *dm,
    const struct config_group *config, struct diag *d) MUSTCHECK;
/* Breaks off what is under way. */
void group_clear(struct group *g);
/* Begins what is due, if anything is; when to look again. */
int64_t group_turn(struct group *g);
/* group_keep.c: what came out of a cycle goes into the store; false: it could
 * not be kept, and the cycle must be done again. */
bool group_keep(struct group *g, struct cycle_outcome *o);

/* group_flows.c: after a full reading was kept, sees what flows are wanted of
 * its incidents; begins to ask for them, if any are. */
struct incident_list;
void group_flows_want(struct group *g, const struct incident_list *list);
bool group_flows_begin(struct group *g);
void group_flows_free(struct group_flows *w);

/* group_norm.c: learns from the store once a day what the pairs usually differ
 * by, and gives the limits for a time: a pair's share of flows, 0 without a
 * norm. */
void group_learn(struct group *g);
void group_limits(const struct group *g, int64_t at_us, double limit[]);

/* files.c: the inventory of the sensors' logs; NULL: out of memory. When to
 * look again. */
struct files *files_new(struct daemon *dm);
void files_free(struct files *f);
int64_t files_turn(struct files *f);

/* commands.c: what the command line asks. */
void commands_answer(
    struct control_call *call, uid_t uid, const char *line, void *arg);
/* The clock that a call has set is no longer waited for. */
void commands_clock_done(struct daemon *dm);

#endif
