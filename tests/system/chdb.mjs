// ClickHouse of today without a server: chdb behind the part of its HTTP that
// crosstap speaks. node chdb.mjs FOLDER-OF-NODE_MODULES DATA PORT-FILE
// Answers are whole; one question at a time, as the engine is one.
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const [modules, data, portFile] = process.argv.slice(2);
const { Session } = createRequire(resolve(modules) + '/')('chdb');
const session = new Session(data);
let turn = Promise.resolve();

async function answer(sql, response) {
	try {
		const result = await session.queryAsync(sql);
		const bytes = Buffer.from(result.bytes());
		response.writeHead(200, { 'Content-Length': bytes.length });
		response.end(bytes);
	} catch (error) {
		response.writeHead(500);
		response.end(String(error.message ?? error));
	}
}

const server = createServer((request, response) => {
	const parts = [];
	request.on('data', (part) => parts.push(part));
	request.on('end', () => {
		const sql = Buffer.concat(parts).toString('utf8');
		turn = turn.then(() => answer(sql, response));
	});
});
server.listen(0, '127.0.0.1', () => {
	writeFileSync(portFile + '.new', String(server.address().port));
	renameSync(portFile + '.new', portFile);
});
