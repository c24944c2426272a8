"""Writes parts.json.gz: small tokenizer.json files, one for each model and part that is read, and what they make of texts.

    pip install tokenizers==0.23.3 sentencepiece protobuf
    python make_tokenizers.py | gzip -9n > parts.json.gz
"""

import base64
import io
import json
import sys
import tempfile

from tokenizers import Tokenizer, models, trainers, pre_tokenizers

CORPUS = [
    "The cat sat on the mat, and the dog didn't.",
    "Der Hund saß über dem Käfig; die Katze schlief.",
    "Le garçon a déjà mangé 12 œufs à l'école.",
    "Кошка сидит на окне и смотрит в сад.",
    "猫が窓に座っている。犬は庭にいます。",
    "हिन्दी में लिखा हुआ वाक्य",
]

TEXTS = CORPUS + [
    "",
    " ",
    "  two  spaces ",
    "a \nb\r\n\r\nc\n  d\t e",
    "ab  cd. ef",
    "Michelle says hello, hello_a hello-hello Hello HELLO.",
    "<s>hello a<s> b </s>  x<mask> y",
    "<s> a",
    "İstanbul IŞIK ΟΔΟΣ ǅ ẞ ﬁ ﷺ ①② Ⅷ ½ １２３ ٣٤٥ x²",
    "e\u0301 a\u20dd ಾ न\u094dद\u0940 ไทยกำ",
    "👍🏽👨‍👩‍👧🇩🇪❤️",
    "don't WE'LL 's 'S x'ſ y",
    "foo(bar) = x**2 + y_3; // ok!? ... -- «so» 「東京」",
    "\u0000\u0007\u00ad\u200b\ufeff\ue000\ufffd|a\u00a0b\u3000c\u2028d\u0085e",
    "▁a ▁▁b",
    "12345 1,000 3.14 0x1F",
    "aaaa abab ABcdEFg fooBarBaz",
    "do not it 's n't ' x '",
    "カタカナ ひらがな ー 漢字 한국어 각 \u1100\u1161\u11a8",
    "<0x41> <0xE2>",
]

CHARACTERS = sorted(set("".join(TEXTS)) - {" "} - set("猫犬👍¿"))


def bpe(**options):
    vocab = {}
    for token in CHARACTERS + [" ", "▁", "\n", "th", "the", "▁t", " \n", "b ", "cd", "he", "hel", "ab", "aa", "##a", "a##b"]:
        vocab.setdefault(token, len(vocab))
    merges = [["t", "h"], ["th", "e"], ["▁", "t"], [" ", "\n"], ["b", " "], ["c", "d"], ["h", "e"], ["he", "l"], ["a", "b"], ["a", "a"]]
    for token in options.pop("more", []):
        vocab.setdefault(token, len(vocab))
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
             "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": vocab, "merges": merges}
    return model | options


def added(content, **flags):
    token = {"id": 0, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False}
    return token | flags


def file(model, added_tokens=(), normalizer=None, pre_tokenizer=None, decoder=None):
    size = len(model["vocab"])
    tokens = [dict(t, id=size + i) for i, t in enumerate(added_tokens)]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens, "normalizer": normalizer,
            "pre_tokenizer": pre_tokenizer, "post_processor": None, "decoder": decoder, "model": model}


def trained(model, trainer, split):
    t = Tokenizer(model)
    t.pre_tokenizer = split
    t.train_from_iterator(CORPUS * 3, trainer)
    return json.loads(t.to_str())["model"]


def chars_map():
    """A normal form of a few rules of our own, as SentencePiece writes it."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2

    rules = {"ﬁ": "fi", "①": "1", "②": "2", "½": "1/2", "\u00a0": " ", "\u3000": " ", "\u00ad": "", "\u0007": "", "e\u0301": "é",
             "\r": " ", "A": "a", "ABC": "x", "１": "1", "１２": "12", "か": "が"}
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as f:
        for old, new in rules.items():
            f.write(" ".join("%X" % ord(c) for c in old) + "\t" + " ".join("%X" % ord(c) for c in new) + "\n")
        f.flush()
        out = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(CORPUS * 3), model_writer=out, vocab_size=90, hard_vocab_limit=False, normalization_rule_tsv=f.name, minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(out.getvalue())
    return base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()


def files():
    plain = bpe(unk_token="�", fuse_unk=False)
    for name in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel"]:
        yield name, file(bpe(), normalizer={"type": name})
    yield "Strip", file(bpe(), normalizer={"type": "Strip", "strip_left": True, "strip_right": False})
    yield "Prepend", file(bpe(), [added("<s>")], {"type": "Prepend", "prepend": "▁"})
    yield "Replace", file(bpe(), normalizer={"type": "Sequence", "normalizers": [
        {"type": "Replace", "pattern": {"String": "a"}, "content": "bb"}, {"type": "Replace", "pattern": {"Regex": "\\s{2,}|$"}, "content": "▁"}]})
    yield "Precompiled", file(bpe(), normalizer={"type": "Precompiled", "precompiled_charsmap": chars_map()})
    for clean, chinese, strip, lowercase in [(True, True, None, True), (True, True, None, False), (False, False, True, False)]:
        yield f"BertNormalizer {clean} {chinese} {strip} {lowercase}", file(bpe(), normalizer={
            "type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese, "strip_accents": strip, "lowercase": lowercase})

    marked = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}  # shows where it is cut
    for name in ["Whitespace", "WhitespaceSplit", "BertPreTokenizer", "UnicodeScripts"]:
        yield name, file(bpe(), pre_tokenizer={"type": "Sequence", "pretokenizers": [{"type": name}, marked]})
    yield "FixedLength", file(bpe(), pre_tokenizer={"type": "Sequence", "pretokenizers": [{"type": "FixedLength", "length": 3}, marked]})
    for individual in [True, False]:
        yield f"Digits {individual}", file(bpe(), pre_tokenizer={"type": "Sequence", "pretokenizers": [
            {"type": "Digits", "individual_digits": individual}, marked]})
    yield "CharDelimiterSplit", file(bpe(), pre_tokenizer={"type": "Sequence", "pretokenizers": [
        {"type": "CharDelimiterSplit", "delimiter": "a"}, marked]})
    for scheme in ["always", "first", "never"]:
        m = dict(marked, prepend_scheme=scheme)
        yield f"Metaspace {scheme}", file(bpe(), [added("<s>"), added("<mask>", lstrip=True)], None, m, m)
        yield f"Metaspace {scheme} of words", file(bpe(), [added("<s>")], {"type": "StripAccents"}, {"type": "Sequence", "pretokenizers": [
            {"type": "WhitespaceSplit"}, m]}, m)
    yield "Metaspace whole", file(bpe(), [added("<s>")], {"type": "Strip", "strip_left": True, "strip_right": True}, dict(marked, prepend_scheme="first", split=False))
    for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
        yield f"Punctuation {behavior}", file(bpe(), pre_tokenizer={"type": "Sequence", "pretokenizers": [
            {"type": "Punctuation", "behavior": behavior}, marked]})
        for invert in [False, True]:
            yield f"Split {behavior} {invert}", file(bpe(), pre_tokenizer={"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": "\\w+|\\s"}, "behavior": behavior, "invert": invert}, marked]})
        yield f"Split text {behavior}", file(bpe(), pre_tokenizer={"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"String": "a"}, "behavior": behavior, "invert": False}, marked]})
    for i, expression in enumerate([
        "\\w+|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
        "[\\p{Han}]+|[\\p{L}&&[^\\p{Han}]]+|[^\\p{L}]",
        "(?<=[a-z])(?=[A-Z])|(?<!\\w)\\d|\\b",
        " ?[^(\\s|[.,!?…。，、।۔،])]+",
        "^|$|a{2}|(?>a|ab)c|b{,2}",
        "(?:a|b)+?c|(?:ab)*a|[[:alpha:]]+|[^[:punct:]]|\\h",
        "[]a-]+|[\\]\\-]|[x\\d]|\\x{41}|\\u0042|\\R|(?#no)(?<name>f)oo",
        "(?<=ab|c)d|(?<!a.)b|\\Aa|.\\z",
        "x*",
    ]):
        yield f"expression {i + 1}", file(bpe(), pre_tokenizer={"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": False}, marked]})
    for prefix in [True, False]:
        for regex in [True, False]:
            yield f"ByteLevel {prefix} {regex}", file(bpe(), pre_tokenizer={"type": "Sequence", "pretokenizers": [
                {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": regex}, marked]},
                decoder={"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True})

    words = {"type": "WhitespaceSplit"}
    lower = {"type": "Lowercase"}
    yield "added", file(bpe(), [added("hello"), added("hell")], None, words)
    yield "added single", file(bpe(), [added("hello", single_word=True), added("a", single_word=True)], None, words)
    yield "added normalized", file(bpe(), [added("Hello", normalized=True), added("HELLO", normalized=False)], lower, words)
    yield "added stripped", file(bpe(), [added("<s>", rstrip=True), added("<mask>", lstrip=True, rstrip=True)])

    yield "unknown dropped", file(bpe())
    yield "unknown", file(bpe(unk_token="<unk>", more=["<unk>"]))
    yield "unknown fused", file(bpe(unk_token="<unk>", fuse_unk=True, more=["<unk>"]))
    bytes_ = ["<0x%02X>" % b for b in range(256)]
    fallback = {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
                                                {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
    yield "byte fallback", file(bpe(unk_token="<unk>", byte_fallback=True, more=["<unk>"] + bytes_), decoder=fallback)
    yield "some bytes", file(bpe(unk_token="<unk>", byte_fallback=True, fuse_unk=True, more=["<unk>"] + bytes_[:0xE5]), decoder=fallback)
    yield "whole words", file(bpe(ignore_merges=True, more=["cat", "a"]), pre_tokenizer=words)
    prefixed = trained(models.BPE(unk_token="<unk>", continuing_subword_prefix="##", end_of_word_suffix="</w>"),
                       trainers.BpeTrainer(vocab_size=250, special_tokens=["<unk>"], continuing_subword_prefix="##", end_of_word_suffix="</w>"),
                       pre_tokenizers.WhitespaceSplit())
    yield "prefix and suffix", file(prefixed, pre_tokenizer=words, decoder={"type": "BPEDecoder", "suffix": "</w>"})
    pieces = trained(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=12),
                     trainers.WordPieceTrainer(vocab_size=200, special_tokens=["[UNK]"]), pre_tokenizers.BertPreTokenizer())
    for cleanup in [True, False]:
        yield f"WordPiece {cleanup}", file(pieces, [added("[UNK]")], {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": False, "lowercase": False},
                                           {"type": "BertPreTokenizer"}, {"type": "WordPiece", "prefix": "##", "cleanup": cleanup})
    level = trained(models.WordLevel(unk_token="<unk>"), trainers.WordLevelTrainer(vocab_size=40, special_tokens=["<unk>"]), pre_tokenizers.Whitespace())
    yield "WordLevel", file(level, pre_tokenizer={"type": "Whitespace"})
    yield "CTC", file(level, pre_tokenizer={"type": "Whitespace"}, decoder={"type": "CTC", "pad_token": "<unk>", "word_delimiter_token": "a", "cleanup": True})
    gram = trained(models.Unigram(), trainers.UnigramTrainer(vocab_size=150, special_tokens=["<unk>"], unk_token="<unk>"), pre_tokenizers.Metaspace())
    yield "Unigram", file(gram, pre_tokenizer=marked, decoder=marked)
    spelled = dict(gram, byte_fallback=True, vocab=gram["vocab"] + [[b, -20.0] for b in bytes_])
    yield "Unigram with bytes", file(spelled, pre_tokenizer=marked, decoder=fallback)


def main():
    entries = []
    for name, tokenizer in files():
        t = Tokenizer.from_str(json.dumps(tokenizer))
        cases = []
        for text in TEXTS:
            ids = t.encode(text, add_special_tokens=False).ids
            cases.append({"Text": text, "Tokens": [t.id_to_token(i) for i in ids], "Decoded": t.decode(ids, skip_special_tokens=False)})
        entries.append(json.dumps({"Name": name, "File": tokenizer, "Cases": cases}, ensure_ascii=True))
    sys.stdout.write("[\n" + ",\n".join(entries) + "\n]\n")


main()
