/** The first moment of a day in the viewer's zone (8.2), as the API takes it; undefined for what is no day. */
export const dayBegins = (day: string | undefined): string | undefined => at(day, (year, month, date) => new Date(year, month, date));

/** The last moment of a day, as the API has the bounds of a time: both are in it. */
export const dayEnds = (day: string | undefined): string | undefined =>
  at(day, (year, month, date) => new Date(year, month, date, 23, 59, 59, 999))?.replace("Z", "999999Z");

function at(day: string | undefined, moment: (year: number, month: number, date: number) => Date): string | undefined {
  const [year, month, date] = (day ?? "").split("-").map(Number);
  return year && month && date ? moment(year, month - 1, date).toISOString() : undefined;
}
