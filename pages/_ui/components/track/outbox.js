// Events on their way to Python, one at a time: Streamlit keeps only the last of two triggers that arrive together.
// Python tells the serial of the last event it took (`answered`); the next one waits for that.

const PATIENCE = 4000; // ms after which the next event is sent without an answer to the one before

class Outbox {
  constructor() {
    Object.assign(this, { waiting: [], inFlight: null, serial: 0, trigger: null });
  }

  send(event) {
    this.waiting.push(event);
    this.next();
  }

  next() {
    if (this.inFlight || !this.waiting.length) return;
    this.inFlight = this.waiting.shift();
    this.inFlight.serial = this.serial = Math.max(Date.now(), this.serial + 1);
    this.trigger("event", { ...this.inFlight });
    this.timer = setTimeout(() => this.release(), PATIENCE);
  }

  release() {
    clearTimeout(this.timer);
    this.inFlight = null;
    this.next();
  }

  // The events that an answer settles, as a test.
  settle(answered) {
    const settled = (event) => event.serial !== undefined && event.serial <= answered;
    if (this.inFlight && settled(this.inFlight)) this.release();
    return settled;
  }
}
