"""The official `openai` client against our server: plain, streamed, structured, and its error classes.

    cargo xtask test --only interop          # starts the server, sets OOLONG_URL, runs this

Needs nothing but the packages of requirements.txt beside it.
"""

import json
import os
import unittest

import openai
from openai import OpenAI
from pydantic import BaseModel, ConfigDict

URL = os.environ["OOLONG_URL"].rstrip("/") + "/v1"


class Item(BaseModel):
    model_config = ConfigDict(extra="allow")
    item: str
    quantity: int


class Frame(BaseModel):
    model_config = ConfigDict(extra="allow")
    intent: str
    items: list[Item] = []


class Frames(BaseModel):
    frames: list[Frame]


def client(**options):
    # Retries are off, so that each test sees the first reply.
    return OpenAI(base_url=URL, api_key="none is needed", max_retries=0, timeout=30, **options)


def messages(text):
    return [{"role": "user", "content": text}]


class Answers(unittest.TestCase):
    def test_models(self):
        names = [model.id for model in client().models.list()]
        self.assertTrue(names, "the server names its model")

    def test_plain(self):
        reply = client().chat.completions.create(model="oolong", messages=messages("two lattes"))
        self.assertEqual(reply.object, "chat.completion")
        self.assertEqual(reply.choices[0].finish_reason, "stop")
        self.assertEqual(reply.choices[0].message.role, "assistant")
        frames = Frames.model_validate_json(reply.choices[0].message.content).frames
        self.assertEqual([(frame.intent, len(frame.items)) for frame in frames], [("order", 1)])
        self.assertEqual((frames[0].items[0].item, frames[0].items[0].quantity), ("latte", 2))
        self.assertEqual(reply.usage.total_tokens, reply.usage.prompt_tokens + reply.usage.completion_tokens)

    def test_chinese_in_parts_after_a_system_message(self):
        parts = [{"type": "text", "text": "来两杯"}, {"type": "text", "text": "拿铁"}]
        talk = [{"role": "system", "content": "You sell tea."}, {"role": "user", "content": parts}]
        reply = client().chat.completions.create(model="oolong", messages=talk)
        frames = json.loads(reply.choices[0].message.content)["frames"]
        self.assertEqual([frame["intent"] for frame in frames], ["order"])
        self.assertEqual(frames[0]["items"][0]["quantity"], 2)

    def test_streamed_is_the_same(self):
        asked = dict(model="oolong", messages=messages("a large mocha with oat milk"))
        plain = client().chat.completions.create(**asked)
        stream = client().chat.completions.create(**asked, stream=True, stream_options={"include_usage": True})
        chunks = list(stream)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        self.assertEqual(text, plain.choices[0].message.content)
        self.assertEqual([c.choices[0].finish_reason for c in chunks if c.choices][-1], "stop")
        self.assertEqual(len({chunk.id for chunk in chunks}), 1)
        self.assertEqual(chunks[-1].choices, [])
        self.assertEqual(chunks[-1].usage, plain.usage)

    def test_structured(self):
        reply = client().chat.completions.parse(model="oolong", messages=messages("two lattes"), response_format=Frames)
        parsed = reply.choices[0].message.parsed
        self.assertEqual((parsed.frames[0].intent, parsed.frames[0].items[0].item), ("order", "latte"))

    def test_stream_helper(self):
        with client().chat.completions.stream(model="oolong", messages=messages("two lattes")) as stream:
            stream.until_done()
            reply = stream.get_final_completion()
        self.assertIn("latte", reply.choices[0].message.content)

    def test_out_of_scope_is_an_answer(self):
        reply = client().chat.completions.create(model="oolong", messages=messages("what's the weather tomorrow"))
        self.assertEqual(json.loads(reply.choices[0].message.content), {"frames": [{"intent": "other"}]})


class Errors(unittest.TestCase):
    def check(self, error, status, **request):
        with self.assertRaises(error) as caught:
            client().chat.completions.create(**{"model": "oolong", "messages": messages("two lattes"), **request})
        self.assertEqual(caught.exception.status_code, status)
        body = caught.exception.body
        self.assertTrue({"message", "type", "param", "code"} <= set(body), body)
        self.assertGreater(len(body["message"]), 10)

    def test_no_messages(self):
        self.check(openai.BadRequestError, 400, messages=[])

    def test_no_user(self):
        self.check(openai.BadRequestError, 400, messages=[{"role": "system", "content": "x"}])

    def test_several_answers(self):
        self.check(openai.BadRequestError, 400, n=3)

    def test_another_model(self):
        self.check(openai.NotFoundError, 404, model="gpt-nobody-has")

    def test_too_long(self):
        self.check(openai.UnprocessableEntityError, 422, messages=messages("tea " * 1000))

    def test_empty(self):
        self.check(openai.UnprocessableEntityError, 422, messages=messages("   "))

    def test_too_large(self):
        self.check(openai.APIStatusError, 413, messages=messages("x" * 400_000))

    def test_unknown_route(self):
        with self.assertRaises(openai.NotFoundError):
            client().embeddings.create(model="oolong", input="x")

    def test_too_often(self):
        impatient = client()
        limited = None
        for _ in range(2000):
            try:
                impatient.chat.completions.create(model="gpt-nobody-has", messages=messages("x"))
            except openai.RateLimitError as error:
                limited = error
                break
            except openai.NotFoundError:
                continue
        self.assertIsNotNone(limited, "a client that asks 2000 times is told to wait")
        self.assertGreaterEqual(int(limited.response.headers["retry-after"]), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
