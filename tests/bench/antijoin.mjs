// Flows of the first log that the second lacks, by DuckDB's fastest reader and
// an anti-join on a hash of the tuple.
import { DuckDBInstance } from '@duckdb/node-api';

const text = ['ts', 'uid', 'oh', 'op', 'rh', 'rp', 'proto', 'service',
	'duration', 'ob', 'rb', 'state', 'lo', 'lr', 'missed', 'history',
	'opk', 'oib', 'rpk', 'rib', 'tunnel', 'peer'];
const columns = text.map((name) => `'${name}': 'VARCHAR'`).join(', ');
const log = (path) => `(SELECT DISTINCT hash(oh, op, rh, rp, proto) AS k
	FROM read_csv('${path}', delim = '\t', header = false, comment = '#',
	nullstr = '-', quote = '', auto_detect = false,
	columns = {${columns}}))`;
const [a, b] = process.argv.slice(2);
const db = await (await DuckDBInstance.create(':memory:')).connect();
const out = await db.runAndReadAll(
	`SELECT count(*) FROM ${log(a)} x ANTI JOIN ${log(b)} y USING (k)`);
console.log(String(out.getRows()[0][0]));
