export class Cart {
  constructor(currency = "EUR") {
    this.currency = currency;
    this.lines = [];
  }

  total(discount = 0) {
    if (discount < 0 || discount > 1) {
      throw new RangeError("discount is a ratio");
    }
    var sum = 0;
    for (const line of this.lines) {
      sum += line.price * line.count;
    }
    return sum * (1 - discount);
  }
}
