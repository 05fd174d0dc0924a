/*
 * One request on its way through the site. Within web only.
 */
#ifndef WEB_VISIT_H
#define WEB_VISIT_H

#include "base/diag.h"
#include "web/put.h"
#include "web/site.h"

struct visit {
	const struct site *site;
	const struct http_server_request *request;
	struct http_server_answer *answer;
	struct buf *out; /* of the answer */
	int64_t now_us;
	bool json;           /* errors are said so */
	const char *word[2]; /* parts of the path that the route leaves open */
	struct diag why;     /* of an error, for people */
	const char *title;   /* of the page */
};

/* A parameter; NULL if it is not given or empty. */
const char *visit_param(const struct visit *v, const char *name);
/* False: an error is answered. */
bool visit_time(struct visit *v, const char *name, int64_t none_us,
    int64_t *out_us) MUSTCHECK;
bool visit_number(struct visit *v, const char *text, int64_t min, int64_t max,
    int64_t *out) MUSTCHECK;
/* True if e is none; else the answer is that error, with v->why. */
bool visit_ok(struct visit *v, enum store_error e) MUSTCHECK;
/* What was put so far is dropped. */
void visit_fail(struct visit *v, unsigned status);

/* -- what there is, each in the file of its name -- */
void page_overview(struct visit *v);
void page_group(struct visit *v);
void page_bucket(struct visit *v);
void page_incidents(struct visit *v);
void page_incident(struct visit *v);
void page_sensors(struct visit *v);
void page_sensor(struct visit *v);
void page_coverage(struct visit *v);
void api_groups(struct visit *v);
void api_heat(struct visit *v);
void api_bucket(struct visit *v);
void api_coverage(struct visit *v);
void api_sensors(struct visit *v);
void api_sensor(struct visit *v);
void api_incidents(struct visit *v);
void api_incident(struct visit *v);

#endif
