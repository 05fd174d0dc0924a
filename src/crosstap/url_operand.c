#include <stdlib.h>
#include <unistd.h>
#include "crosstap/url_operand.h"
#include "sys/address.h"

#define URL_SSH_CONFIG "/.ssh/config"
#define URL_MAX 4096 /* bytes */

static bool
url_has_ssh_config(void)
{
	const char *home = getenv("HOME");
	struct buf path = BUF_INIT;
	bool found = false;

	buf_printf(&path, "%s" URL_SSH_CONFIG, home != NULL ? home : "");
	if (home != NULL && buf_ok(&path))
		found = access(path.p, R_OK) == 0;
	buf_clear(&path);
	return found;
}

bool
url_operand_parse(const char *url, struct config *out, struct diag *d)
{
	struct config_errors *e = malloc(sizeof(*e));
	struct buf text = BUF_INIT;
	struct address a;
	bool ok = false;

	if (e == NULL)
		diag_set(d, "out of memory");
	if (e == NULL || !address_parse(url, &a, d))
		goto out;
	if (a.path == NULL || strlen(url) > URL_MAX) {
		diag_set(d,
		    "'%.80s' says no path; wanted "
		    "ssh://[USER@]HOST[:PORT]/PATH "
		    "of a log or of a folder of logs",
		    url);
		goto out;
	}
	buf_printf(&text, "sensors: {operand: {address: \"%.*s\", logs: [\"",
	    (int)(a.path - url), url);
	buf_add_json(&text, span_from(a.path));
	buf_printf(&text, "\"], agentless: yes%s}}\n",
	    url_has_ssh_config() ? ", ssh_config: \"~" URL_SSH_CONFIG "\""
				 : "");
	if (!buf_ok(&text))
		diag_set(d, "out of memory");
	else
		ok = config_parse(buf_span(&text), "operand", out, e);
	if (!ok && buf_ok(&text))
		diag_set(d, "%.80s: %s", url, e->v[0].d.text);
out:
	buf_clear(&text);
	free(e);
	return ok;
}
