import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createDevTools, type DevTools } from './dev-tools.ts';

/** A headless Chromium of the test's own, with an empty profile. It ends with the test's process, whatever ends that. */
export interface Chromium {
	openPage(options?: PageOptions): Promise<Page>;
	/** Ends it and removes its profile. */
	stop(): Promise<void>;
}

export interface PageOptions {
	width?: number;
	height?: number;
	/** What the page finds in `prefers-color-scheme`; default: light. */
	colours?: 'light' | 'dark';
}

export interface Page {
	/** Resolves once the page and what it loads are there. */
	open(url: string): Promise<void>;
	/** The value of an expression, or what its promise resolves to; only what JSON can say. */
	evaluate<T>(expression: string): Promise<T>;
	/** A key of the keyboard, as `KeyboardEvent.key` names it: `Enter`, `Tab`, ` `. */
	press(key: string): Promise<void>;
	/** Puts the mouse on the middle of what the selector finds, scrolled into view. */
	hover(selector: string): Promise<void>;
	/** The same, and presses the button once. */
	click(selector: string): Promise<void>;
	screenshot(path: string, options?: { whole?: boolean }): Promise<void>;
	/** What it prints as, in pages of PDF. */
	printTo(path: string): Promise<void>;
	/** Everything that went wrong: uncaught errors, error messages on the console, what a content security policy refused. */
	errors: string[];
	/** The addresses that it asked for. */
	requests: string[];
	/** How many dialogs (`alert` and the like) it opened; each is closed at once. */
	dialogs(): number;
	close(): Promise<void>;
}

export function findChromium(): string | undefined {
	const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
	return folders
		.flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
		.find((path) => existsSync(path));
}

export async function startChromium(): Promise<Chromium> {
	const program = findChromium();
	if (program === undefined) throw new Error('chromium is not installed');
	const profile = await mkdtemp(join(tmpdir(), 'flowferry-chromium-'));
	const flags = [
		'--headless',
		'--disable-gpu',
		'--disable-quic',
		'--disable-dev-shm-usage',
		'--no-first-run',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync',
		'--disable-crash-reporter',
		'--remote-debugging-pipe',
		`--user-data-dir=${profile}`,
	];
	// Its sandbox does not work for root.
	if (process.getuid?.() === 0) flags.push('--no-sandbox');
	const browser = spawn(program, [...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
	let log = '';
	browser.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
		log = (log + chunk).slice(-2000);
	});
	const devTools = createDevTools(browser, () => log);
	return {
		openPage: (options) => openPage(devTools, options ?? {}),
		stop: async () => {
			await endBrowser(browser);
			await rm(profile, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

/**
 * `describe` for tests that need Chromium. Where it is not installed they are skipped, loudly; with CI or
 * FLOWFERRY_REQUIRE_SERVERS set they fail instead.
 */
export function describeWithChromium(name: string, tests: () => void): void {
	if (findChromium() !== undefined) {
		describe(name, tests);
	} else if (process.env.CI || process.env.FLOWFERRY_REQUIRE_SERVERS === '1') {
		describe(name, () => {
			it('finds the browser that it needs', () => {
				throw new Error('chromium is not installed: on Debian, `apt-get install chromium fonts-liberation`');
			});
		});
	} else {
		process.stderr.write(`\n!!! SKIPPED, chromium is not installed: ${name}\n\n`);
		describe.skip(name, tests);
	}
}

async function openPage(devTools: DevTools, { width = 1280, height = 800, colours = 'light' }: PageOptions): Promise<Page> {
	const { targetId } = await devTools.send('Target.createTarget', { url: 'about:blank' });
	const { sessionId } = await devTools.send('Target.attachToTarget', { targetId, flatten: true });
	const send = (method: string, parameters: object = {}) => devTools.send(method, parameters, sessionId);
	const errors: string[] = [];
	const requests: string[] = [];
	let dialogs = 0;
	devTools.listen(sessionId, (method, parameters) => {
		if (method === 'Runtime.exceptionThrown') {
			const { text, exception } = parameters.exceptionDetails;
			errors.push(`${text} ${exception?.description ?? ''}`);
		}
		if (method === 'Runtime.consoleAPICalled' && parameters.type === 'error') errors.push(JSON.stringify(parameters.args));
		if (method === 'Log.entryAdded' && parameters.entry.level === 'error') errors.push(parameters.entry.text);
		if (method === 'Network.requestWillBeSent') requests.push(parameters.request.url);
		if (method === 'Page.javascriptDialogOpening') {
			dialogs++;
			send('Page.handleJavaScriptDialog', { accept: true }).catch(() => undefined);
		}
	});
	await Promise.all(['Page', 'Runtime', 'Log', 'Network'].map((domain) => send(`${domain}.enable`)));
	await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
	await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: colours }] });

	async function evaluate<T>(expression: string): Promise<T> {
		const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
		if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
		return result.value as T;
	}
	async function hover(selector: string): Promise<{ x: number; y: number }> {
		// What was done before may move it still, with the next frames: the mouse goes where it stays.
		const point = await evaluate<{ x: number; y: number }>(`(async () => {
			const element = document.querySelector(${JSON.stringify(selector)});
			const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
			for (let before = null, frames = 0; frames < 300; frames++) {
				element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
				await frame();
				const box = element.getBoundingClientRect();
				const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
				if (before?.x === point.x && before.y === point.y) return point;
				before = point;
			}
			throw new Error('it does not stay where it is: ' + ${JSON.stringify(selector)});
		})()`);
		await send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...point });
		return point;
	}
	return {
		open: async (url) => {
			const loaded = devTools.next(sessionId, 'Page.loadEventFired');
			await send('Page.navigate', { url });
			await loaded;
		},
		evaluate,
		press: async (key) => {
			const text = key === 'Enter' ? '\r' : key.length === 1 ? key : '';
			const code = key === 'Enter' ? 13 : key === ' ' ? 32 : key === 'Tab' ? 9 : key === 'Escape' ? 27 : 0;
			const event = { key, text, windowsVirtualKeyCode: code };
			await send('Input.dispatchKeyEvent', { type: text === '' ? 'rawKeyDown' : 'keyDown', ...event });
			await send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
		},
		hover: async (selector) => void (await hover(selector)),
		click: async (selector) => {
			const at = { ...(await hover(selector)), button: 'left', clickCount: 1 };
			await send('Input.dispatchMouseEvent', { type: 'mousePressed', ...at });
			await send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...at });
		},
		screenshot: async (path, { whole = false } = {}) => {
			const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: whole });
			await writeFile(path, Buffer.from(data, 'base64'));
		},
		printTo: async (path) => {
			const { data } = await send('Page.printToPDF', { printBackground: true });
			await writeFile(path, Buffer.from(data, 'base64'));
		},
		errors,
		requests,
		dialogs: () => dialogs,
		close: async () => void (await devTools.send('Target.closeTarget', { targetId })),
	};
}

async function endBrowser(browser: ChildProcess): Promise<void> {
	if (browser.exitCode !== null || browser.signalCode !== null) return;
	const ended = once(browser, 'exit');
	browser.kill('SIGTERM');
	const timer = setTimeout(() => browser.kill('SIGKILL'), 5_000);
	await ended;
	clearTimeout(timer);
}
