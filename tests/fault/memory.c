/*
 * Blocks are known by their address, so that what the C library has allocated
 * for the code under test may be freed by it and counts for nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include "memory.h"
#include "unit.h"

#define MEMORY_SLOTS (1u << 20)

enum memory_mode {
	MEMORY_ONE,   /* the n-th fails */
	MEMORY_ONWARD /* and all after it */
};

static struct {
	bool armed;
	enum memory_mode mode;
	unsigned n, at; /* allocations so far; the one to fail, from 1 on */
	bool hit;
	uintptr_t live[MEMORY_SLOTS]; /* 0: free, 1: was freed */
	size_t nlive;
} memory;

static sqlite3_mem_methods memory_sqlite;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

static bool
memory_fails(void)
{
	if (!memory.armed)
		return false;
	memory.n++;
	if (memory.n != memory.at &&
	    (memory.mode == MEMORY_ONE || memory.n < memory.at))
		return false;
	memory.hit = true;
	return true;
}

/* The slot of p, or a free one. */
static size_t
memory_slot(uintptr_t p, bool find)
{
	size_t i = p / 16 * 2654435761u % MEMORY_SLOTS;

	while (memory.live[i] != p && memory.live[i] != 0 &&
	    (find || memory.live[i] != 1))
		i = (i + 1) % MEMORY_SLOTS;
	return i;
}

static void *
memory_born(void *p)
{
	if (p == NULL || !memory.armed)
		return p;
	INVARIANT(++memory.nlive < MEMORY_SLOTS / 2);
	memory.live[memory_slot((uintptr_t)p, false)] = (uintptr_t)p;
	return p;
}

static void
memory_dies(uintptr_t p)
{
	size_t i;

	if (p == 0 || !memory.armed)
		return;
	i = memory_slot(p, true);
	if (memory.live[i] != p)
		return;
	memory.live[i] = 1;
	memory.nlive--;
}

void *
__wrap_malloc(size_t n)
{
	return memory_fails() ? NULL : memory_born(__real_malloc(n));
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return memory_fails() ? NULL : memory_born(__real_calloc(n, size));
}

void *
__wrap_realloc(void *p, size_t n)
{
	uintptr_t old = (uintptr_t)p;
	void *q;

	if (memory_fails())
		return NULL;
	q = __real_realloc(p, n);
	if (q != NULL) {
		memory_dies(old);
		(void)memory_born(q);
	}
	return q;
}

void
__wrap_free(void *p)
{
	memory_dies((uintptr_t)p);
	__real_free(p);
}

char *
__wrap_strndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = __wrap_malloc(len + 1);

	if (p == NULL)
		return NULL;
	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *
__wrap_strdup(const char *s)
{
	return __wrap_strndup(s, strlen(s));
}

static void *
memory_sqlite_malloc(int n)
{
	return memory_fails() ? NULL : memory_sqlite.xMalloc(n);
}

static void *
memory_sqlite_realloc(void *p, int n)
{
	return memory_fails() ? NULL : memory_sqlite.xRealloc(p, n);
}

void
memory_with_sqlite(void)
{
	sqlite3_mem_methods m;

	ck_assert_int_eq(
	    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory_sqlite), SQLITE_OK);
	m = memory_sqlite;
	m.xMalloc = memory_sqlite_malloc;
	m.xRealloc = memory_sqlite_realloc;
	ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_MALLOC, &m), SQLITE_OK);
	ck_assert_int_eq(sqlite3_initialize(), SQLITE_OK);
}

void
memory_mix_bytes(struct memory_run *r, const void *p, size_t n)
{
	const uint8_t *b = p;
	size_t i;

	/* FNV-1a */
	for (i = 0; i < n; i++)
		r->answer = (r->answer ^ b[i]) * UINT64_C(0x100000001b3);
}

void
memory_mix(struct memory_run *r, uint64_t value)
{
	memory_mix_bytes(r, &value, sizeof(value));
}

/* at: 0 for none. */
static bool
memory_once(
    memory_body *body, enum memory_mode mode, unsigned at, struct memory_run *r)
{
	sqlite3_int64 used = sqlite3_memory_used();
	bool ok;

	*r = (struct memory_run){ .answer = UINT64_C(0xcbf29ce484222325) };
	memory.mode = mode;
	memory.n = 0;
	memory.at = at == 0 ? UINT32_MAX : at;
	memory.hit = false;
	memory.armed = true;
	ok = body(r);
	memory.armed = false;
	ck_assert_msg(memory.nlive == 0,
	    "allocation %u fails: %zu blocks are left behind", at,
	    memory.nlive);
	ck_assert_msg(sqlite3_memory_used() == used,
	    "allocation %u fails: SQLite keeps %lld bytes", at,
	    (long long)(sqlite3_memory_used() - used));
	return ok;
}

void
memory_everywhere(memory_body *body, enum memory_words words)
{
	struct memory_run good, r;
	unsigned total, at, refused = 0;
	enum memory_mode mode;

	/* what is made once, at the first use, is made here */
	ck_assert_msg(
	    memory_once(body, MEMORY_ONE, 0, &good), "%s", good.why.text);
	total = memory.n;
	for (mode = MEMORY_ONE; mode <= MEMORY_ONWARD; mode++)
		for (at = 1;; at++) {
			bool ok = memory_once(body, mode, at, &r);

			if (!memory.hit)
				break;
			if (ok) {
				ck_assert_msg(r.answer == good.answer,
				    "allocation %u of %u fails: another answer",
				    at, total);
				continue;
			}
			refused++;
			ck_assert_msg(words == MEMORY_SILENT ||
				strstr(r.why.text, "memory") != NULL,
			    "allocation %u of %u fails: '%s'", at, total,
			    r.why.text);
		}
	ck_assert_uint_gt(refused, 0);
	printf("%u allocations, %u refusals\n", total, refused);
}
