/** Bytes or JSON that are no frame of ours: the socket is closed with 1007 and opened again. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}
