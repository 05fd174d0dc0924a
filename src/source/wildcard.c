/*
 * One step of the path after the other: a plain one is passed over, of the
 * others the folder is read.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "source/wildcard.h"

#define WILDCARD_SPECIAL "*?[\\"

struct wildcard_walk {
	const struct files *files;
	size_t max;
	struct wildcard *out;
};

struct wildcard_names {
	const char *step; /* borrowed: the pattern of a name */
	char **v;         /* owned, as each */
	size_t n, max;
	bool failed;
};

static bool
wildcard_add(char ***v, size_t *n, size_t max, const char *text)
{
	char **more;

	if (*n == max)
		return false;
	if (*n % 64 == 0) {
		more = realloc(*v, (*n + 64) * sizeof(**v));
		if (more == NULL)
			return false;
		*v = more;
	}
	(*v)[*n] = strdup(text);
	return (*v)[*n] != NULL && ++*n > 0;
}

static void
wildcard_free(char **v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(v[i]);
	free(v);
}

static bool
wildcard_take(void *arg, const char *name)
{
	struct wildcard_names *names = arg;

	if (fnmatch(names->step, name, FNM_PERIOD) != 0)
		return true;
	names->failed = !wildcard_add(&names->v, &names->n, names->max, name);
	return !names->failed;
}

static void
wildcard_error(struct wildcard_walk *w)
{
	if (w->out->error == 0 && errno != ENOENT && errno != ENOTDIR)
		w->out->error = errno;
}

static void
wildcard_found(struct wildcard_walk *w, const char *path)
{
	struct wildcard *out = w->out;

	out->failed =
	    out->failed || !wildcard_add(&out->v, &out->n, w->max, path);
}

static void
wildcard_steps(struct wildcard_walk *w, const char *done, const char *rest);

/* A step that is a pattern; rest begins after it. */
static void
wildcard_list(struct wildcard_walk *w, const char *done, const char *step,
    const char *rest)
{
	struct wildcard_names names = { .step = step, .max = w->max };
	const struct files *f = w->files;
	struct buf path = BUF_INIT;
	size_t i;

	if (f->list(f->arg, done[0] == '\0' ? "." : done, wildcard_take,
		&names) != 0)
		wildcard_error(w);
	w->out->failed |= names.failed;
	for (i = 0; i < names.n && !w->out->failed; i++) {
		path.n = 0;
		buf_printf(&path, "%s%s", done, names.v[i]);
		if (!buf_ok(&path))
			w->out->failed = true;
		else if (rest[0] == '\0')
			wildcard_found(w, path.p);
		else
			wildcard_steps(w, path.p, rest);
	}
	buf_clear(&path);
	wildcard_free(names.v, names.n);
}

/* done is settled, rest may have patterns. */
static void
wildcard_steps(struct wildcard_walk *w, const char *done, const char *rest)
{
	size_t slashes = strspn(rest, "/"), n = strcspn(rest + slashes, "/");
	struct buf path = BUF_INIT, step = BUF_INIT;
	struct stat st;

	buf_add_str(&path, done);
	buf_add(&path, rest, slashes);
	rest += slashes;
	buf_add(&step, rest, n);
	rest += n;
	if (!buf_ok(&path) || !buf_ok(&step))
		w->out->failed = true;
	else if (n > 0 && strpbrk(step.p, WILDCARD_SPECIAL) != NULL)
		wildcard_list(w, path.p, step.p, rest);
	else {
		buf_add(&path, step.p, n);
		if (!buf_ok(&path))
			w->out->failed = true;
		else if (rest[0] != '\0')
			wildcard_steps(w, path.p, rest);
		else if (w->files->stat(w->files->arg, path.p, &st) == 0)
			wildcard_found(w, path.p);
		else
			wildcard_error(w);
	}
	buf_clear(&path);
	buf_clear(&step);
}

void
wildcard_expand(const struct files *files, const char *pattern, size_t max,
    struct wildcard *out)
{
	/* cppcheck-suppress ctuuninitvar; it is filled here */
	struct wildcard_walk w = { files, max, out };
	char *root = strndup(pattern, files->root_n);

	*out = (struct wildcard){ .n = 0 };
	if (root == NULL)
		out->failed = true;
	else
		wildcard_steps(&w, root, pattern + files->root_n);
	free(root);
}

void
wildcard_clear(struct wildcard *w)
{
	wildcard_free(w->v, w->n);
	*w = (struct wildcard){ .n = 0 };
}

bool
wildcard_is(const struct files *files, const char *path)
{
	return strpbrk(path + files->root_n, WILDCARD_SPECIAL) != NULL;
}
