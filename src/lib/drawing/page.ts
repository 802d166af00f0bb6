import { createHash } from 'node:crypto';
import { escapeHtml } from './escape.ts';
import { glyphSymbols } from './glyphs.ts';

export interface PageParts {
	title: string;
	style: string;
	script: string;
	/** Markup, escaped. */
	body: string;
}

/**
 * One HTML document that stands alone: it loads nothing, and runs no script but its own, which its content security policy names
 * by its hash. It holds the pictures that drawings refer to.
 */
export function renderPage({ title, style, script, body }: PageParts): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${glyphSymbols()}
${body}
<script>${script}</script>
</body>
</html>
`;
}

function contentSecurityPolicy(style: string, script: string): string {
	return [
		"default-src 'none'",
		`style-src ${hashSource(style)}`,
		`script-src ${hashSource(script)}`,
		"base-uri 'none'",
		"form-action 'none'",
	].join('; ');
}

function hashSource(text: string): string {
	return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
