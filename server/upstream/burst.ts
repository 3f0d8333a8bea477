/**
 * Does the like of one turn of the event loop together, at its end. What a process is sent wakes it, which costs more
 * than to send; in a burst it is awake after the first, and under load most requests come in company.
 */
export function createBurst<Work>(doOne: (work: Work) => void): (work: Work) => void {
  let waiting: Work[] = [];
  const doAll = () => {
    const all = waiting;
    waiting = [];
    for (const work of all) doOne(work);
  };
  return (work) => {
    if (waiting.push(work) === 1) setImmediate(doAll);
  };
}
