/*
 * The simulator without memory: logs and their truth are whole, or it is said
 * that there are none.
 */
#include "memory.h"
#include "simulate/simulate.h"
#include "simulate/truth.h"
#include "unit.h"

static bool
simulate_take(void *ctx, unsigned sensor, const char *p, size_t n)
{
	memory_mix(ctx, sensor);
	memory_mix_bytes(ctx, p, n);
	return true;
}

static bool
simulate_logs(struct memory_run *r)
{
	static const char *const faults[] = {
		"worker-frozen:sensor=B,from=10,to=20,worker=1",
		"duplicate-feed:sensor=A,from=5,to=20", "packet-loss:sensor=B"
	};
	struct simulate_options o = plan_defaults;
	struct simulate_outcome outcome = { 0 };
	struct buf truth = BUF_INIT;
	struct plan plan;
	bool ok;

	o.rate = 5;
	o.duration_s = 30;
	o.seed = 7;
	o.specs.item = faults;
	o.specs.n = ARRAY_LEN(faults);
	ok = plan_make(&o, &plan, &r->why) &&
	    simulate_run(&plan, simulate_take, r, &outcome, &r->why);
	if (ok) {
		truth_format(&plan, &outcome, &truth);
		ok = buf_ok(&truth);
		if (!ok)
			diag_set(&r->why, "out of memory");
	}
	if (ok)
		memory_mix_bytes(r, truth.p, truth.n);
	buf_clear(&truth);
	return ok;
}

START_TEST(simulation_says_that_memory_ran_out_or_is_right)
{
	memory_everywhere(simulate_logs, MEMORY_SAYS_WHY);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("memory_simulate");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, simulation_says_that_memory_ran_out_or_is_right);
	suite_add_tcase(s, tc);
	return s;
}
