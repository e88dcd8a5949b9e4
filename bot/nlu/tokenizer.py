"""Rasa's door to `text.py`: tokens that keep their raw place and carry their normal form."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.text import words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class VietTokenizer(Tokenizer):
    """Splits a message into raw words; `token.lemma` is the normal form."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
        }

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text: str = message.get(attribute)
        lemmas: dict[tuple[int, int], list[str]] = {}
        for word in words(text):
            lemmas.setdefault((word.start, word.end), []).append(word.text)
        if not lemmas:  # nothing but punctuation; Rasa wants at least one token
            return [Token(text, 0, lemma="")]
        return [
            Token(text[start:end], start, end, lemma=" ".join(parts))
            for (start, end), parts in lemmas.items()
        ]


def normal_text(message: Message) -> str:
    """The normal form that `VietTokenizer` left on a message, or made here when it did not run."""
    tokens = message.get("text_tokens")
    if tokens is None:
        return " ".join(word.text for word in words(message.get(TEXT) or ""))
    return " ".join(token.lemma for token in tokens if token.lemma)
