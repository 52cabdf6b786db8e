export const en = {
  owner: "Owner",
  noOwner: "no owner",
  ownerOf: (name: string) => `Owner of ${name}`,
  changeOwner: (name: string, owner: string) => `Owner of ${name}: ${owner}`,
  assigned: (n: number, name: string, owner: string) =>
    owner === ""
      ? `${n === 1 ? name : `${n} segments`} ${n === 1 ? "has" : "have"} no owner now`
      : `${owner} owns ${n === 1 ? name : `${n} segments`} now`,
  ownersBack: "The owners are as they were",
  refreshed: (n: string, one: boolean, asOf: string) =>
    `${n} ${one ? "segment is" : "segments are"} refreshed as of ${asOf}`,
  refreshedOne: (n: string, joined: string, left: string) => `${n} members: ${joined} joined, ${left} left`,
  refreshFailed: (names: string) => `The refresh of ${names} failed`,
  archived: (n: number, name: string) => (n === 1 ? `${name} is archived` : `${n} segments are archived`),
  restored: (n: number, name: string) => (n === 1 ? `${name} is back` : `${n} segments are back`),
};
