/**
 * What goes on when a signal interrupted a wait is asked for again; `wait` takes note of any child's end, so that what programs of
 * the user's have left behind does not stay as a zombie. A TERM that comes before there is anybody to pass it on to is not forgotten.
 */
const SCRIPT = `
program=
ending=
end() { ending=yes; [ -z "$program" ] || kill -TERM "$program" 2>/dev/null; }
trap end TERM INT
"$@" &
program=$!
[ -z "$ending" ] || end
wait "$program"
status=$?
while [ "$status" -gt 128 ] && kill -0 "$program" 2>/dev/null; do
	wait "$program"
	status=$?
done
exit "$status"
`.trim();

/**
 * A container's first process, to be followed by the program that it runs and its arguments: it passes a TERM on to the program, reaps
 * what others leave behind, and ends as the program does, upon which the kernel ends the rest. POSIX sh, as each image has it.
 */
export const PID_1: readonly string[] = ['/bin/sh', '-c', SCRIPT, 'flowferry'];
