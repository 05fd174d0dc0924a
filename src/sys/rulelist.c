/*
 * Finds and reads rule files. Names are sorted, so that the order of rules,
 * and of messages about them, does not depend on the file system.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include "base/buf.h"
#include "sys/file.h"
#include "sys/rulefile.h"
#include "sys/rulelist.h"

void
rulelist_clear(struct rulelist *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		rule_clear(&l->rule[i]);
	free(l->rule);
	*l = (struct rulelist){ NULL, 0 };
}

bool
rulelist_add(
    struct rulelist *l, const char *name, struct span text, struct diag *d)
{
	struct rule *more, r;

	if (!rulefile_parse(text, name, &r, d))
		return false;
	more = realloc(l->rule, (l->n + 1) * sizeof(*more));
	if (more == NULL) {
		rule_clear(&r);
		diag_at(d, name, 0, 0, "out of memory");
		return false;
	}
	l->rule = more;
	l->rule[l->n++] = r;
	return true;
}

static bool
rulelist_add_to(void *arg, const char *name, struct span text, struct diag *d)
{
	return rulelist_add(arg, name, text, d);
}

static bool
rulelist_read(const char *path, rulelist_text_fn *fn, void *arg, struct diag *d)
{
	struct buf text = BUF_INIT;
	bool ok;

	ok = file_read(path, RULEFILE_MAX_BYTES, "a rule file", &text, d) &&
	    fn(arg, path, buf_span(&text), d);
	buf_clear(&text);
	return ok;
}

bool
rulelist_load(struct rulelist *l, const char *path, struct diag *d)
{
	return rulelist_read(path, rulelist_add_to, l, d);
}

void
rulelist_free_names(char **names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static int
rulelist_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
rulelist_add_name(char ***names, size_t *n, const char *dir, const char *name)
{
	char **more = realloc(*names, (*n + 1) * sizeof(*more));
	struct buf path = BUF_INIT;

	if (more == NULL)
		return false;
	*names = more;
	if (dir == NULL)
		buf_add_str(&path, name);
	else
		buf_printf(&path, "%s/%s", dir, name);
	if (!buf_ok(&path)) {
		buf_clear(&path);
		return false;
	}
	more[(*n)++] = path.p;
	return true;
}

static bool
rulelist_is_rule(const char *name)
{
	static const char suffix[] = ".yaml";
	size_t n = strlen(name);

	return name[0] != '.' && n >= sizeof(suffix) &&
	    strcmp(name + n - (sizeof(suffix) - 1), suffix) == 0;
}

bool
rulelist_names(const char *path, char ***out, size_t *n, struct diag *d)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool ok = true;

	*out = NULL;
	*n = 0;
	if (dir == NULL && errno != ENOTDIR) {
		diag_at(d, path, 0, 0,
		    "%s; wanted a rule file or a folder of them",
		    strerror(errno));
		return false;
	}
	if (dir == NULL)
		ok = rulelist_add_name(out, n, NULL, path);
	while (dir != NULL && ok && (entry = readdir(dir)) != NULL)
		if (rulelist_is_rule(entry->d_name))
			ok = rulelist_add_name(out, n, path, entry->d_name);
	if (dir != NULL)
		(void)closedir(dir);
	if (!ok)
		diag_at(d, path, 0, 0, "out of memory");
	else if (*n == 0)
		diag_at(d, path, 0, 0, "no rules; wanted files NAME.yaml");
	if (ok && *n > 0) {
		qsort(*out, *n, sizeof(**out), rulelist_compare);
		return true;
	}
	rulelist_free_names(*out, *n);
	*out = NULL;
	*n = 0;
	return false;
}

bool
rulelist_each(const char *path, rulelist_text_fn *fn, void *arg, struct diag *d)
{
	char **names;
	size_t i, n;
	bool ok;

	ok = rulelist_names(path, &names, &n, d);
	if (!ok)
		return false;
	for (i = 0; ok && i < n; i++)
		ok = rulelist_read(names[i], fn, arg, d);
	rulelist_free_names(names, n);
	return ok;
}

bool
rulelist_load_path(struct rulelist *l, const char *path, struct diag *d)
{
	return rulelist_each(path, rulelist_add_to, l, d);
}

struct rules *
rulelist_compile(const char *const *paths, size_t npaths, struct diag *d)
{
	struct rulelist l = { NULL, 0 };
	struct rules *rs = NULL;
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < npaths; i++)
		ok = rulelist_load_path(&l, paths[i], d);
	if (ok)
		rs = rules_new(l.rule, l.n, d);
	rulelist_clear(&l);
	return rs;
}

const char *
rulelist_dir(const char *option)
{
	const char *set = getenv("CROSSTAP_RULES");

	if (option != NULL)
		return option;
	return set != NULL && *set != '\0' ? set : RULES_DIR;
}
