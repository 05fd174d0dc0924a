#include <openssl/evp.h>
#include <openssl/hmac.h>
#include "net/hmac.h"

bool
hmac_sha256(struct span key, struct span bytes, struct buf *out)
{
	unsigned char code[EVP_MAX_MD_SIZE];
	unsigned n = 0, i;

	if (key.n > INT_MAX ||
	    HMAC(EVP_sha256(), key.n == 0 ? "" : key.p, (int)key.n,
		(const unsigned char *)(bytes.n == 0 ? "" : bytes.p), bytes.n,
		code, &n) == NULL)
		return false;
	for (i = 0; i < n; i++)
		buf_printf(out, "%02x", code[i]);
	return buf_ok(out);
}
