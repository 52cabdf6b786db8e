import type { en } from "../en/matching";
import { plural } from "../plural";

export const da: typeof en = {
  sizeOverTime: "Medlemmer",
  members: "Medlemmer",
  population: "Alle kunder",
  noTime: "Der er ingen hændelser at følge over tid",
  trendSummary: (first: string, last: string) => `En linje over antallet over tid, fra ${first} til ${last}.`,
  asOfSlider: "Pr. dato",
  sliderHint: (day: string) => `Træk for at se det pr. en anden dag; nu er det pr. ${day}.`,
  now: "nu",
  noMarks: "Intet kendetegner dem med sikkerhed",
  noMarksText: "De skiller sig ikke klart ud fra de andre i nogen egenskab eller adfærd.",
  markTerm: "Hvad",
  among: "Medlemmer",
  amongAll: "Alle kunder",
  effect: "Forskel",
  daysAgo: (n: string) => `${n} ${plural(n, "dag", "dage")} siden`,
  marksNote: (n: string, of: string, sample: boolean) =>
    `${n} af ${of} er sammenlignet${sample ? " (en stikprøve)" : ""}. Forskellen er i standardafvigelser (Cohens d; h for andele): 0,2 er lidt, 0,5 middel, 0,8 meget. Kun det, som tilfældet næppe forklarer, er vist.`,
  key: "Kunde",
  nobody: "Ingen passer",
  nobodyText: "Løsn en betingelse: søjlerne viser, hvilken der fjerner flest.",
  firstOf: (n: string) => `De første ${n} efter nøgle.`,
  marks: "Hvad der kendetegner dem",
  date: "Dato",
  overlapWith: "Sammenlign med",
  noOthers: "Der er intet andet segment at sammenligne med.",
  overlapTitle: (asOf: string) => `Hvem der er i hvilke, pr. ${asOf}`,
  overlapSummary: (names: string, n: string) =>
    `Søjler for hver kombination af segmenter; den største er ${names} med ${n} ${plural(n, "medlem", "medlemmer")}.`,
  noOverlap: "Ingen er i nogen af dem.",
  only: (names: string) => `kun i ${names}`,
  combination: "Kombination",
  thisOne: "Dette segment",
};
