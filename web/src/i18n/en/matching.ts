import { plural } from "../plural";

export const en = {
  sizeOverTime: "Members",
  members: "Members",
  population: "All customers",
  noTime: "There are no events to follow over time",
  trendSummary: (first: string, last: string) => `A line of the number over time, from ${first} to ${last}.`,
  asOfSlider: "As of",
  sliderHint: (day: string) => `Drag to see it as of another day; now it is as of ${day}.`,
  now: "now",
  noMarks: "Nothing marks them for sure",
  noMarksText: "In no trait and no behaviour do they differ clearly from the others.",
  markTerm: "Trait or behaviour",
  among: "Members",
  amongAll: "All customers",
  effect: "Difference",
  effectHelp:
    "How far members lie from the others, in standard deviations (Cohen’s d; h for shares): 0.2 is small, 0.5 is medium and 0.8 is large.",
  daysAgo: (n: string) => `${n} ${plural(n, "day", "days")} ago`,
  marksNote: (n: string, of: string, sample: boolean) =>
    `${n} of ${of} ${plural(n, "was", "were")} compared${sample ? " (a sample)" : ""}. The difference is in standard deviations (Cohen’s d; h for shares); only what chance hardly explains is shown.`,
  key: "Customer",
  nobody: "Nobody matches",
  nobodyText: "Loosen a condition: the bars show which one drops most.",
  firstOf: (n: string) => `The first ${n}, by key.`,
  marks: "What marks them",
  date: "Date",
  overlapWith: "Compare with",
  noOthers: "There is no other segment to compare with.",
  overlapTitle: (asOf: string) => `Who is in which of them, as of ${asOf}`,
  overlapSummary: (names: string, n: string) =>
    `Bars of each combination of segments; the largest is ${names} with ${n} ${plural(n, "member", "members")}.`,
  noOverlap: "Nobody is in any of them.",
  only: (names: string) => `in ${names} only`,
  combination: "Combination",
  thisOne: "This segment",
};
