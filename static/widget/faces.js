/** Path data of the faces of a rating, from very bad to very good, as in `icons.js`; loaded where somebody rates. */

const head = 'M12 3a9 9 0 100 18 9 9 0 000-18zM9 9.8v.4M15 9.8v.4'

export const faces = [
  `${head}M8.5 16.5c.8-1.5 2-2.2 3.5-2.2s2.7.7 3.5 2.2`,
  `${head}M9 16c.8-.7 1.8-1 3-1s2.2.3 3 1`,
  `${head}M9 15.5h6`,
  `${head}M9 14.5c.8.9 1.8 1.3 3 1.3s2.2-.4 3-1.3`,
  `${head}M8 13.8c.7 2.2 2.1 3.4 4 3.4s3.3-1.2 4-3.4z`,
]
