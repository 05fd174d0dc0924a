/*
 * What is allowed is a file, not its name: a key that is replaced is another
 * file. So each is remembered, and the process starts anew when one changes.
 */
#include <sys/stat.h>
#include <stdlib.h>
#include "crosstapd/pulling.h"

struct pulling_paths {
	const char **v; /* owned; the names are not; up to a NULL */
	size_t n;
	struct pulling_file {
		dev_t dev;
		ino_t ino; /* 0: there is none */
	} * file;          /* owned: n */
};

static const char *const pulling_fixed[] = { "/etc/resolv.conf", "/etc/hosts" };

static struct pulling_file
pulling_look(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return (struct pulling_file){ 0, 0 };
	return (struct pulling_file){ st.st_dev, st.st_ino };
}

static void
pulling_paths_add(struct pulling_paths *f, const char *path)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (strcmp(f->v[i], path) == 0)
			return;
	f->file[f->n] = pulling_look(path);
	f->v[f->n++] = path;
}

static void
pulling_paths_add_target(struct pulling_paths *f, const struct remote_target *t)
{
	const struct ssh_target *hop;
	const char *const *key;

	for (hop = t->here ? NULL : &t->hop[0]; hop != NULL;
	     hop = hop->bastion) {
		pulling_paths_add(f, hop->known_hosts);
		for (key = hop->identities; key != NULL && *key != NULL; key++)
			pulling_paths_add(f, *key);
	}
}

struct pulling_paths *
pulling_paths_new(const struct remote_target *targets, size_t n)
{
	size_t most = ARRAY_LEN(pulling_fixed) +
	    n * ARRAY_LEN(targets->hop) * (REMOTE_IDENTITIES + 1);
	struct pulling_paths *f = calloc(1, sizeof(*f));
	size_t i;

	if (f == NULL)
		return NULL;
	f->v = calloc(most + 1, sizeof(*f->v));
	f->file = calloc(most, sizeof(*f->file));
	if (f->v == NULL || f->file == NULL) {
		pulling_paths_free(f);
		return NULL;
	}
	for (i = 0; i < ARRAY_LEN(pulling_fixed); i++)
		pulling_paths_add(f, pulling_fixed[i]);
	for (i = 0; i < n; i++)
		pulling_paths_add_target(f, &targets[i]);
	return f;
}

void
pulling_paths_free(struct pulling_paths *f)
{
	if (f == NULL)
		return;
	free(f->v);
	free(f->file);
	free(f);
}

const char *const *
pulling_paths_list(const struct pulling_paths *f)
{
	return f->v;
}

bool
pulling_paths_are_old(const struct pulling_paths *f)
{
	struct pulling_file now;
	size_t i;

	for (i = 0; i < f->n; i++) {
		now = pulling_look(f->v[i]);
		if (now.dev != f->file[i].dev || now.ino != f->file[i].ino)
			return true;
	}
	return false;
}
