import { parse } from '@swc/core';

/** What a source file leans on, read from its syntax tree. */
export interface SourceFile {
	/** From the checkout's root: `src/lib/flows/parse.ts`. */
	path: string;
	imports: Import[];
	/** Globals whose members it reads, dotted: `process.env`, `Date.now`; `new Date` stands for a Date of the present. */
	reads: string[];
}

export interface Import {
	/** As written, or from the checkout's root where it is relative. */
	target: string;
	/** Erased by the compiler: it orders nothing and runs nothing. */
	typeOnly: boolean;
}

type Tree = { type?: string } & Record<string, unknown>;

/** @param path from the checkout's root, with `/` */
export async function readSourceFile(path: string, text: string): Promise<SourceFile> {
	const file: SourceFile = { path, imports: [], reads: [] };
	walk((await parse(text, { syntax: 'typescript', target: 'es2024' })) as unknown as Tree, file);
	return file;
}

function walk(node: Tree, file: SourceFile): void {
	visit(node, file);
	for (const value of Object.values(node)) {
		for (const child of Array.isArray(value) ? value : [value]) {
			if (typeof child === 'object' && child !== null) walk(child as Tree, file);
		}
	}
}

function visit(node: Tree, file: SourceFile): void {
	switch (node.type) {
		case 'ImportDeclaration':
		case 'ExportNamedDeclaration':
		case 'ExportAllDeclaration':
			addImport(file, node.source, node.typeOnly === true);
			break;
		case 'TsImportType':
			addImport(file, node.argument, true);
			break;
		case 'CallExpression':
			if (isDynamicImport(node)) addImport(file, firstArgument(node), false);
			break;
		case 'NewExpression':
			if (nameOf(node.callee) === 'Date' && !(node.arguments as unknown[] | null)?.length) file.reads.push('new Date');
			break;
		case 'MemberExpression':
			addRead(file, nameOf(node.object), propertyOf(node.property));
			break;
		case 'VariableDeclarator':
			for (const name of destructuredNames(node.id)) addRead(file, nameOf(node.init), name);
			break;
	}
}

function addImport(file: SourceFile, source: unknown, typeOnly: boolean): void {
	const specifier = (source as { value?: unknown } | null | undefined)?.value;
	if (typeof specifier !== 'string') return;
	file.imports.push({ target: specifier.startsWith('.') ? resolvePath(file.path, specifier) : specifier, typeOnly });
}

function addRead(file: SourceFile, object: string | undefined, property: string | undefined): void {
	if (object !== undefined && property !== undefined) file.reads.push(`${object}.${property}`);
}

function resolvePath(from: string, specifier: string): string {
	return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

function isDynamicImport(call: Tree): boolean {
	return (call.callee as Tree).type === 'Import';
}

function firstArgument(call: Tree): unknown {
	return (call.arguments as { expression: unknown }[])[0]?.expression;
}

/** `process`, and `globalThis.process` too. */
function nameOf(node: unknown): string | undefined {
	const { type, value, object, property } = (node ?? {}) as Tree;
	if (type === 'Identifier') return value as string;
	return type === 'MemberExpression' && nameOf(object) === 'globalThis' ? propertyOf(property) : undefined;
}

function propertyOf(node: unknown): string | undefined {
	const { type, value, expression } = node as Tree;
	if (type === 'Identifier') return value as string;
	const computed = expression as Tree | undefined;
	return type === 'Computed' && computed?.type === 'StringLiteral' ? (computed.value as string) : undefined;
}

function destructuredNames(pattern: unknown): string[] {
	const { type, properties } = pattern as Tree;
	if (type !== 'ObjectPattern') return [];
	return (properties as Tree[]).map((property) => (property.key as Tree | undefined)?.value).filter((name) => typeof name === 'string');
}
