// ClickHouse of today without a server: chdb behind the part of its HTTP that
// crosstap speaks. node chdb.mjs FOLDER-OF-NODE_MODULES DATA PORT-FILE [PORT]
// Answers are whole; one question at a time, as the engine is one. Of settings
// in the address those that matter to an INSERT are heeded.
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const [modules, data, portFile, port] = process.argv.slice(2);
const { Session } = createRequire(resolve(modules) + '/')('chdb');
const session = new Session(data);
const heeded = ['async_insert', 'insert_deduplication_token'];
let turn = Promise.resolve();

async function ask(url, body) {
	const given = url.searchParams;
	await session.queryAsync(`USE ${given.get('database') ?? 'default'}`);
	for (const name of heeded)
		await session.queryAsync(given.has(name) ?
		    `SET ${name} = '${given.get(name)}'` :
		    `SET ${name} = DEFAULT`);
	const query = given.get('query');
	return session.queryAsync(query === null ? body : `${query}\n${body}`);
}

async function answer(url, body, response) {
	try {
		const bytes = Buffer.from((await ask(url, body)).bytes());
		response.writeHead(200, { 'Content-Length': bytes.length });
		response.end(bytes);
	} catch (error) {
		response.writeHead(500);
		response.end(String(error.message ?? error));
	}
}

const server = createServer((request, response) => {
	const url = new URL(request.url, 'http://localhost');
	const parts = [];
	request.on('data', (part) => parts.push(part));
	request.on('end', () => {
		const body = Buffer.concat(parts).toString('utf8');
		turn = turn.then(() => answer(url, body, response));
	});
});
server.listen(Number(port ?? 0), '127.0.0.1', () => {
	writeFileSync(portFile + '.new', String(server.address().port));
	renameSync(portFile + '.new', portFile);
});
