#include "net/pace.h"

void
pace_init(struct pace *p, const struct ssh_limits *limits)
{
	*p = (struct pace){ .limits = *limits, .request_us = INT64_MAX };
}

void
pace_begin(struct pace *p, int64_t now_us)
{
	p->in_request = true;
	p->answer_bytes = 0;
	p->data_us = now_us;
	p->request_us = p->limits.request_s == 0
	    ? INT64_MAX
	    : now_us + (int64_t)p->limits.request_s * US_PER_S;
}

void
pace_end(struct pace *p)
{
	p->in_request = false;
}

bool
pace_count(struct pace *p, size_t n, int64_t now_us, struct diag *d)
{
	uint64_t max = p->limits.budget_bytes;

	p->answer_bytes += n;
	p->data_us = now_us;
	if (max == 0 || p->answer_bytes <= max)
		return true;
	diag_set(
	    d, "the answer is over its %llu bytes", (unsigned long long)max);
	return false;
}

static int64_t
pace_idle_us(const struct pace *p)
{
	return p->limits.idle_s == 0
	    ? INT64_MAX
	    : p->data_us + (int64_t)p->limits.idle_s * US_PER_S;
}

int64_t
pace_next_us(const struct pace *p)
{
	int64_t idle = pace_idle_us(p);

	if (!p->in_request)
		return INT64_MAX;
	return idle < p->request_us ? idle : p->request_us;
}

bool
pace_is_late(const struct pace *p, int64_t now_us, struct diag *d)
{
	if (!p->in_request)
		return false;
	if (now_us >= p->request_us)
		diag_set(d, "time-out: no end of the answer for %u s",
		    p->limits.request_s);
	else if (now_us >= pace_idle_us(p))
		diag_set(d, "time-out: not a byte for %u s", p->limits.idle_s);
	else
		return false;
	return true;
}

void
pace_stood_still(struct pace *p, int64_t us)
{
	if (p->request_us != INT64_MAX)
		p->request_us += us;
	p->data_us += us;
}
