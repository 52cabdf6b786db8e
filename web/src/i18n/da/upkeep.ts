import type { en } from "../en/upkeep";

export const da: typeof en = {
  owner: "Ansvarlig",
  noOwner: "ingen ansvarlig",
  ownerOf: (name) => `Ansvarlig for ${name}`,
  changeOwner: (name, owner) => `Ansvarlig for ${name}: ${owner}`,
  assigned: (n, name, owner) => {
    const what = n === 1 ? name : `${n} segmenter`;
    return owner === "" ? `${what} har nu ingen ansvarlig` : `${owner} er nu ansvarlig for ${what}`;
  },
  ownersBack: "De ansvarlige er som før",
  refreshed: (n, one, asOf) => `${n} ${one ? "segment" : "segmenter"} er opdateret pr. ${asOf}`,
  refreshedOne: (n, joined, left) => `${n} medlemmer: ${joined} kom til, ${left} faldt fra`,
  refreshFailed: (names) => `Opdateringen af ${names} mislykkedes`,
  archived: (n, name) => (n === 1 ? `${name} er arkiveret` : `${n} segmenter er arkiveret`),
  restored: (n, name) => (n === 1 ? `${name} er tilbage` : `${n} segmenter er tilbage`),
};
