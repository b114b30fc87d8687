"""Makes the two tiny models beside this file and their lines of references.jsonl.

The vectors come from sentence-transformers (PyTorch), which shares no code with the server.
Needs: pip install sentence-transformers safetensors tokenizers transformers torch
"""

import json
import shutil
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

HERE = Path(__file__).resolve().parent
CORPUS = [
    "How do I reset my password? Where is my parcel, it should have been here on Monday.",
    "I moved house last week; can I change the address of an order that was sent already?",
    "The screen of the phone is broken, the battery is empty after an hour, I want my money back!",
    "When do you open, and do you deliver on Saturday? Payment by card was refused twice.",
    "怎么修改登录密码？快递到哪了，今天能送到吗？手机屏幕坏了，我要退款。",
    "你们几点开门？周末送货吗？付款失败了两次，请帮我查一下订单。",
] * 20
TEXTS = [
    "How do I reset my password?",
    "Where is my parcel, it should have been here on Monday!",
    "I moved house last week, how do I change the address?",
    "Café – RÉFUND №5 ok xyzzy",
    "怎么修改登录密码",
    "快递到哪了，今天能送到吗？",
    "order",
    " ".join(["the battery is empty and the screen is broken;"] * 12),
]


def write(folder, name, value):
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def randomise(model, seed):
    """Weights far from zero, so that no part of the network can be left out unnoticed."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "LayerNorm.weight" in name:
                weight.copy_(1 + 0.3 * torch.randn_like(weight))
            elif name.endswith("bias"):
                weight.copy_(0.3 * torch.randn_like(weight))
            elif "embeddings" in name:
                weight.copy_(torch.randn_like(weight))
            else:
                weight.copy_(0.25 * torch.randn_like(weight))


def sentence_folder(folder, pooling, most, prompts):
    kind = "sentence_transformers.models."
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    write(folder, "modules.json", [
        {"idx": at, "name": str(at), "path": path, "type": kind + name}
        for at, (path, name) in enumerate(modules)
    ])
    write(folder, "1_Pooling/config.json", {
        "word_embedding_dimension": 32,
        "pooling_mode_cls_token": pooling == "cls",
        "pooling_mode_mean_tokens": pooling == "mean",
        "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False,
    })
    write(folder, "sentence_bert_config.json", {"max_seq_length": most, "do_lower_case": False})
    write(folder, "config_sentence_transformers.json", prompts)


def tiny_bert(folder):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(
        vocab_size=400, special_tokens=special, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    # as the files of many models have it: both must not show in a vector
    tokenizer.enable_padding(length=32)
    tokenizer.enable_truncation(16)
    folder.mkdir(exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    write(folder, "tokenizer_config.json", {
        "tokenizer_class": "BertTokenizerFast", "do_lower_case": True, "model_max_length": 64,
        "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]",
        "mask_token": "[MASK]"})
    model = BertModel(BertConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=2,
        num_attention_heads=4, intermediate_size=64, max_position_embeddings=64))
    randomise(model, 1)
    model.save_pretrained(folder)
    sentence_folder(folder, "mean", 64, {"__version__": {}})


def tiny_xlm_r(folder):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(" {2,}", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(CORPUS, trainers.UnigramTrainer(
        vocab_size=400, special_tokens=special, unk_token="<unk>", show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    folder.mkdir(exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    write(folder, "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 64, "bos_token": "<s>",
        "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>", "cls_token": "<s>",
        "sep_token": "</s>", "mask_token": "<mask>"})
    model = XLMRobertaModel(XLMRobertaConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=2,
        num_attention_heads=4, intermediate_size=64, max_position_embeddings=66,
        type_vocab_size=1, layer_norm_eps=1e-5, bos_token_id=0, pad_token_id=1, eos_token_id=2))
    randomise(model, 2)
    model.half().save_pretrained(folder)
    sentence_folder(folder, "cls", 64, {
        "__version__": {}, "prompts": {"query": "query: ", "passage": "passage: "},
        "default_prompt_name": "query"})


def references(name):
    model = SentenceTransformer(str(HERE / name), device="cpu").float()
    for text in TEXTS:
        vector = model.encode(text, normalize_embeddings=True)
        yield {"model": name, "text": text, "vector": [round(float(v), 5) for v in vector]}


def main():
    made = {"tiny-bert": tiny_bert, "tiny-xlm-r": tiny_xlm_r}
    path = HERE / "references.jsonl"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines()
            if json.loads(line)["model"] not in made]
    for name, make in made.items():
        shutil.rmtree(HERE / name, ignore_errors=True)
        make(HERE / name)
        kept += [json.dumps(line, ensure_ascii=False) for line in references(name)]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
