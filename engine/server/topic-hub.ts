/** Events by topic, numbered from 1, and the last of them kept for those whose connection broke for a moment. */
export type TopicHub = {
  /** @param event is sent as JSON and may be told later once more: not to be changed afterwards */
  publish: (topic: string, event: unknown) => void;
  /**
   * Listens from now on, and first hears what came after `since`.
   * @param send is given whole messages
   * @param answer told before any event: the number up to which there is nothing to hear, and whether something before it is lost
   */
  subscribe: (
    topic: string,
    since: number | undefined,
    send: (text: string) => void,
    answer: (seq: number, missed: boolean) => void,
  ) => () => void;
  /** Nobody will ask for this topic again. */
  forget: (topic: string) => void;
};

/** What is kept of a topic: a minute of a busy project. */
const mostEvents = 500;
const mostBytes = 4 * 1024 * 1024;

type Kept = { seq: number; text: string };
type Topic = { seq: number; kept: Kept[]; bytes: number; listeners: Set<(text: string) => void> };

export const createTopicHub = (): TopicHub => {
  const topics = new Map<string, Topic>();
  const topicOf = (name: string): Topic => {
    let topic = topics.get(name);
    if (!topic) {
      topic = { seq: 0, kept: [], bytes: 0, listeners: new Set() };
      topics.set(name, topic);
    }
    return topic;
  };
  return {
    publish: (name, event) => {
      const topic = topicOf(name);
      const text = JSON.stringify({ topic: name, seq: ++topic.seq, event });
      topic.kept.push({ seq: topic.seq, text });
      topic.bytes += text.length;
      while (topic.kept.length > mostEvents || topic.bytes > mostBytes)
        topic.bytes -= topic.kept.shift()?.text.length ?? 0;
      for (const listener of [...topic.listeners]) listener(text);
    },
    subscribe: (name, since, send, answer) => {
      const topic = topicOf(name);
      const from = since ?? topic.seq;
      const oldest = topic.kept[0]?.seq ?? topic.seq + 1;
      const missed = from > topic.seq || from + 1 < oldest;
      answer(missed ? topic.seq : from, missed);
      if (!missed) for (const { seq, text } of topic.kept) if (seq > from) send(text);
      topic.listeners.add(send);
      return () => topic.listeners.delete(send);
    },
    forget: (name) => topics.delete(name),
  };
};
