/** The address of one-time links; the code stands after the #. It is shown without the navigation. */
export const joinPath = "/join";
