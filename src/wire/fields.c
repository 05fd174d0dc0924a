/*
 * Writing is msgpack-c's; reading is cursor.c's, which trusts no length.
 */
#include <math.h>
#include <msgpack/pack.h>
#include "wire/fields.h"

static int
fields_write(void *data, const char *p, size_t n)
{
	struct buf *out = data;

	buf_add(out, p, n);
	return buf_ok(out) ? 0 : -1;
}

static const void *
fields_at(const void *obj, const struct field *f)
{
	return (const char *)obj + f->offset;
}

static size_t
fields_ncounts(const uint64_t *v, uint64_t n)
{
	while (n > 0 && v[n - 1] == 0)
		n--;
	return (size_t)n;
}

static size_t
fields_nnumbers(const double *v, uint64_t n)
{
	while (n > 0 && isnan(v[n - 1]))
		n--;
	return (size_t)n;
}

static bool
fields_is_absent(const void *obj, const struct field *f)
{
	const void *p = fields_at(obj, f);

	switch ((enum field_type)f->type) {
	case FIELD_U64:
		return *(const uint64_t *)p == (uint64_t)f->absent;
	case FIELD_U32:
		return *(const uint32_t *)p == (uint32_t)f->absent;
	case FIELD_I64:
		return *(const int64_t *)p == f->absent;
	case FIELD_BOOL:
		return !*(const bool *)p;
	case FIELD_TEXT:
		return ((const struct span *)p)->n == 0;
	case FIELD_BYTES:
		return ((const struct span *)p)->p == NULL;
	case FIELD_TEXTS:
		return ((const struct wire_texts *)p)->n == 0;
	case FIELD_COUNTS:
		return fields_ncounts(p, f->max) == 0;
	case FIELD_CHARS:
		return *(const char *)p == '\0';
	case FIELD_TIMES:
		return false;
	case FIELD_NUMBERS:
		return fields_nnumbers(p, f->max) == 0;
	}
	return true;
}

static void
fields_put_text(msgpack_packer *pk, struct span s)
{
	(void)msgpack_pack_str(pk, s.n);
	(void)msgpack_pack_str_body(pk, s.p, s.n);
}

static void
fields_put_numbers(msgpack_packer *pk, const double *v, size_t n)
{
	size_t i;

	(void)msgpack_pack_array(pk, n);
	for (i = 0; i < n; i++)
		if (isnan(v[i]))
			(void)msgpack_pack_nil(pk);
		else
			(void)msgpack_pack_double(pk, v[i]);
}

static void
fields_put(msgpack_packer *pk, const void *obj, const struct field *f)
{
	const void *p = fields_at(obj, f);
	const struct wire_texts *texts = p;
	const struct span *s = p;
	size_t i, n;

	switch ((enum field_type)f->type) {
	case FIELD_U64:
		(void)msgpack_pack_uint64(pk, *(const uint64_t *)p);
		break;
	case FIELD_U32:
		(void)msgpack_pack_uint64(pk, *(const uint32_t *)p);
		break;
	case FIELD_I64:
		(void)msgpack_pack_int64(pk, *(const int64_t *)p);
		break;
	case FIELD_BOOL:
		(void)msgpack_pack_true(pk);
		break;
	case FIELD_TEXT:
		INVARIANT(s->n <= f->max);
		fields_put_text(pk, *s);
		break;
	case FIELD_BYTES:
		(void)msgpack_pack_bin(pk, s->n);
		(void)msgpack_pack_bin_body(pk, s->p, s->n);
		break;
	case FIELD_TEXTS:
		INVARIANT(texts->n <= WIRE_TEXTS_MAX);
		(void)msgpack_pack_array(pk, texts->n);
		for (i = 0; i < texts->n; i++)
			fields_put_text(pk, texts->v[i]);
		break;
	case FIELD_COUNTS:
		n = fields_ncounts(p, f->max);
		(void)msgpack_pack_array(pk, n);
		for (i = 0; i < n; i++)
			(void)msgpack_pack_uint64(pk, ((const uint64_t *)p)[i]);
		break;
	case FIELD_CHARS:
		fields_put_text(
		    pk, (struct span){ p, strnlen(p, (size_t)f->max - 1) });
		break;
	case FIELD_TIMES:
		(void)msgpack_pack_array(pk, (size_t)f->max);
		for (i = 0; i < f->max; i++)
			(void)msgpack_pack_int64(pk, ((const int64_t *)p)[i]);
		break;
	case FIELD_NUMBERS:
		fields_put_numbers(pk, p, fields_nnumbers(p, f->max));
		break;
	}
}

void
fields_encode(struct buf *out, const struct fields *table, const void *obj)
{
	msgpack_packer pk;
	size_t i, n = 0;

	msgpack_packer_init(&pk, out, fields_write);
	for (i = 0; i < table->n; i++)
		n += !fields_is_absent(obj, &table->v[i]);
	(void)msgpack_pack_map(&pk, n);
	for (i = 0; i < table->n; i++) {
		if (fields_is_absent(obj, &table->v[i]))
			continue;
		(void)msgpack_pack_uint8(&pk, table->v[i].key);
		fields_put(&pk, obj, &table->v[i]);
	}
}

static void
fields_set_absent(void *obj, const struct field *f)
{
	void *p = (char *)obj + f->offset;
	size_t i;

	switch ((enum field_type)f->type) {
	case FIELD_U64:
		*(uint64_t *)p = (uint64_t)f->absent;
		break;
	case FIELD_U32:
		*(uint32_t *)p = (uint32_t)f->absent;
		break;
	case FIELD_I64:
		*(int64_t *)p = f->absent;
		break;
	case FIELD_BOOL:
		*(bool *)p = false;
		break;
	case FIELD_TEXT:
	case FIELD_BYTES:
		*(struct span *)p = (struct span){ NULL, 0 };
		break;
	case FIELD_TEXTS:
		((struct wire_texts *)p)->n = 0;
		break;
	case FIELD_COUNTS:
	case FIELD_TIMES:
		memset(p, 0, (size_t)f->max * sizeof(uint64_t));
		break;
	case FIELD_CHARS:
		memset(p, 0, (size_t)f->max);
		break;
	case FIELD_NUMBERS:
		for (i = 0; i < f->max; i++)
			((double *)p)[i] = NAN;
		break;
	}
}

/* The rest of it is zeros already. */
static void
fields_get_chars(struct cursor *c, char *out, size_t max)
{
	struct span s = cursor_str(c, max - 1);

	if (s.n > 0 && memchr(s.p, '\0', s.n) != NULL)
		cursor_fail(c, "a text with a NUL in it");
	else if (s.n > 0)
		memcpy(out, s.p, s.n);
}

static void
fields_get_list(struct cursor *c, void *p, const struct field *f)
{
	uint32_t n = cursor_array(c, (uint32_t)f->max), i;

	for (i = 0; i < n && c->failed == NULL; i++)
		if (f->type == FIELD_NUMBERS)
			((double *)p)[i] = cursor_double(c);
		else
			((int64_t *)p)[i] = cursor_int(c);
}

static void
fields_get(struct cursor *c, void *obj, const struct field *f)
{
	void *p = (char *)obj + f->offset;
	uint64_t max = f->max == 0 ? UINT64_MAX : f->max;
	struct wire_texts *texts = p;
	uint32_t i, n;

	switch ((enum field_type)f->type) {
	case FIELD_U64:
		*(uint64_t *)p = cursor_uint(c, max);
		break;
	case FIELD_U32:
		*(uint32_t *)p = (uint32_t)cursor_uint(
		    c, max > UINT32_MAX ? UINT32_MAX : max);
		break;
	case FIELD_I64:
		*(int64_t *)p = cursor_int(c);
		if (*(int64_t *)p != f->absent && f->max != 0 &&
		    (*(int64_t *)p > (int64_t)f->max ||
			*(int64_t *)p < -(int64_t)f->max))
			cursor_fail(c, "a number out of its range");
		break;
	case FIELD_BOOL:
		*(bool *)p = cursor_bool(c);
		break;
	case FIELD_TEXT:
		*(struct span *)p = cursor_str(c, (size_t)f->max);
		break;
	case FIELD_BYTES:
		*(struct span *)p = cursor_bin(c, (size_t)f->max);
		break;
	case FIELD_TEXTS:
		n = cursor_array(c, WIRE_TEXTS_MAX);
		for (i = 0; i < n; i++)
			texts->v[i] = cursor_str(c, (size_t)f->max);
		texts->n = c->failed == NULL ? n : 0;
		break;
	case FIELD_COUNTS:
		n = cursor_array(c, UINT32_MAX);
		for (i = 0; i < n && c->failed == NULL; i++)
			if (i < f->max)
				((uint64_t *)p)[i] = cursor_uint(c, UINT64_MAX);
			else /* of kinds that are newer than we are */
				cursor_skip(c);
		break;
	case FIELD_CHARS:
		fields_get_chars(c, p, (size_t)f->max);
		break;
	case FIELD_TIMES:
	case FIELD_NUMBERS:
		fields_get_list(c, p, f);
		break;
	}
}

static const struct field *
fields_find(const struct fields *table, uint64_t key)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		if (table->v[i].key == key)
			return &table->v[i];
	return NULL;
}

enum wire_status
fields_decode(
    struct cursor *c, const struct fields *table, void *obj, struct diag *d)
{
	const struct field *f = NULL;
	uint64_t seen = 0, key = 0;
	uint32_t left;
	size_t i;

	for (i = 0; i < table->n; i++)
		fields_set_absent(obj, &table->v[i]);
	left = cursor_map(c);
	for (; left > 0 && c->failed == NULL; left--) {
		key = cursor_uint(c, UINT64_MAX);
		f = c->failed == NULL ? fields_find(table, key) : NULL;
		if (f == NULL) {
			cursor_skip(c);
			continue;
		}
		if ((seen >> f->key & 1) != 0)
			cursor_fail(c, "a key that comes twice");
		seen |= UINT64_C(1) << f->key;
		fields_get(c, obj, f);
	}
	if (c->failed == NULL && c->p != c->end) {
		f = NULL;
		cursor_fail(c, "bytes after the map");
	}
	if (c->failed == NULL)
		return WIRE_OK;
	if (f != NULL)
		diag_set(d, "key %u: %s", f->key, c->failed);
	else
		diag_set(d, "%s", c->failed);
	return WIRE_GARBAGE;
}
