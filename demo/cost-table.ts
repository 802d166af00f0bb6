import type { TrafficCounts } from './traffic/traffic.ts';

/** What the promotions cost those who use production, as a table. */
export function renderCosts({ mqtt, http }: TrafficCounts): string[] {
	return renderTable([
		['', 'sent', 'arrived', 'lost', 'doubled', 'longest wait'],
		[
			'MQTT messages',
			...[mqtt.published, mqtt.received, mqtt.lost, mqtt.duplicated].map(count),
			`${count(mqtt.longestSilenceMs)} ms of silence`,
		],
		[
			'HTTP requests',
			count(http.requests),
			count(http.requests - http.failed),
			count(http.failed),
			'',
			`${count(http.slowestMs)} ms for an answer`,
		],
	]);
}

/** The first column to the left, numbers to the right, the last column as it comes. */
function renderTable(rows: string[][]): string[] {
	const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
	return rows.map((row) =>
		row
			.map((cell, column) => {
				if (column === row.length - 1) return cell;
				return column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
			})
			.join('   ')
			.trimEnd(),
	);
}

function count(value: number): string {
	return value.toLocaleString('en');
}
