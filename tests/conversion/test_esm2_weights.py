"""ESM-2 as transformers saves it, in each form: our network answers as the library's own does."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from seqdl_core.conversion import Wish, convert
from seqdl_core.conversion._esm2 import sized
from seqdl_core.errors import ConfigError, ModelFileError
from seqdl_core.model_file import load_model
from seqdl_core.models import count_parameters
from seqdl_core.models.esm2 import SIZES, Esm2Config
from seqdl_core.sequences.alphabets import PROTEIN

LAYERS, WIDTH, HEADS, LENGTH = 2, 32, 4, 20
TOKENS = ["<cls>", "<pad>", "<eos>", "<unk>", *"LAGVSERTIDPKQNFYMHWCXBUZO.-", "<null_1>", "<mask>"]
PROTEINS = ("MKTAYIAKQRQISFVKSHFS", "MEWLCQHVYRDNGTPA", "ACDEFGHI_LMNP_RSTVWY")  # "_" is hidden


def library(layers: int = LAYERS, width: int = WIDTH, heads: int = HEADS) -> Any:
    """The library's network with random weights, and speeds of turning as they were rounded in training."""
    from transformers import EsmConfig, EsmForMaskedLM

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        network = EsmForMaskedLM(
            EsmConfig(
                vocab_size=33,
                mask_token_id=32,
                pad_token_id=1,
                hidden_size=width,
                num_hidden_layers=layers,
                num_attention_heads=heads,
                intermediate_size=4 * width,
                hidden_dropout_prob=0.0,
                attention_probs_dropout_prob=0.0,
                position_embedding_type="rotary",
                layer_norm_eps=1e-5,
                token_dropout=True,
                emb_layer_norm_before=False,
            )
        )
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.normal_(0, 0.3 if parameter.ndim > 1 else 0.5)
            network.esm.rotary_embeddings.inv_freq.copy_(network.esm.rotary_embeddings.inv_freq.half().float() * 1.03)
    return network.eval()


@pytest.fixture(scope="module")
def network() -> Any:
    return library()


@pytest.fixture
def folder(network: Any, tmp_path: Path) -> Path:
    network.save_pretrained(tmp_path / "esm2")
    return tmp_path / "esm2"


def token_ids() -> tuple[Tensor, Tensor]:
    rows = [["<cls>", *("<mask>" if letter == "_" else letter for letter in protein), "<eos>"] for protein in PROTEINS]
    padded = [row + ["<pad>"] * (LENGTH + 2 - len(row)) for row in rows]
    ids = torch.tensor([[TOKENS.index(token) for token in row] for row in padded])
    return ids, (ids != TOKENS.index("<pad>")).long()


def one_hot(proteins: tuple[str, ...] = PROTEINS) -> Tensor:
    letters = [[[letter == row for letter in protein.ljust(LENGTH)] for row in PROTEIN.letters] for protein in proteins]
    return torch.tensor(letters, dtype=torch.float32)


def assert_answers(path: Path, network: Any, out: Path) -> None:
    """Hidden letters: what the library says of each residue, in our order of the 20 letters."""
    card = convert("huggingface-esm2", path, out, length=LENGTH)
    assert (card.task, card.alphabet, card.targets) == ("masked", "protein", 20)
    assert card.label_names == tuple(PROTEIN.letters)
    ids, attend = token_ids()
    with torch.no_grad():
        wanted = network(input_ids=ids, attention_mask=attend).logits[:, 1:-1]
        found = load_model(out)(one_hot())
    wanted = wanted[..., [TOKENS.index(letter) for letter in PROTEIN.letters]]
    assert float(wanted.std()) > 0.1
    for row, protein in enumerate(PROTEINS):
        torch.testing.assert_close(found[row, :, : len(protein)].T, wanted[row, : len(protein)], rtol=1e-4, atol=1e-4)


def test_a_folder_of_the_library(folder: Path, network: Any, tmp_path: Path) -> None:
    assert_answers(folder, network, tmp_path / "m.safetensors")
    config = load_model(tmp_path / "m.safetensors").card.architecture_config
    assert (config["layers"], config["width"], config["heads"]) == (LAYERS, WIDTH, HEADS)


def hub_tensors(network: Any) -> dict[str, Tensor]:
    """Under the names of the files on the hub: speeds of turning in each layer, and what nothing reads."""
    tensors: dict[str, Tensor] = {
        name: tensor
        for name, tensor in network.state_dict().items()
        if "inv_freq" not in name and "decoder" not in name
    }
    for layer in range(LAYERS):
        name = f"esm.encoder.layer.{layer}.attention.self.rotary_embeddings.inv_freq"
        tensors[name] = network.esm.rotary_embeddings.inv_freq.clone()
    table = tensors["esm.embeddings.word_embeddings.weight"]
    return tensors | {
        "lm_head.decoder.weight": table.clone(),
        "esm.embeddings.position_ids": torch.arange(1026)[None],
        "esm.embeddings.position_embeddings.weight": torch.ones(1026, WIDTH),
    }


def test_a_file_as_the_hub_has_it(network: Any, tmp_path: Path) -> None:
    """One file alone: heads are read off the speeds of turning."""
    path = tmp_path / "pytorch_model.bin"
    torch.save(hub_tensors(network), path)
    assert_answers(path, network, tmp_path / "m.safetensors")


def test_a_folder_in_pieces(network: Any, tmp_path: Path) -> None:
    network.save_pretrained(tmp_path / "esm2", max_shard_size="20KB")
    assert len(list((tmp_path / "esm2").glob("model-*.safetensors"))) > 2
    assert_answers(tmp_path / "esm2", network, tmp_path / "m.safetensors")


def authors_names(network: Any, trunk: str, head: str) -> dict[str, Tensor]:
    """The same tensors as facebookresearch/esm names them."""
    theirs = {
        "attention.self.query": "self_attn.q_proj",
        "attention.self.key": "self_attn.k_proj",
        "attention.self.value": "self_attn.v_proj",
        "attention.output.dense": "self_attn.out_proj",
        "attention.LayerNorm": "self_attn_layer_norm",
        "LayerNorm": "final_layer_norm",
        "intermediate.dense": "fc1",
        "output.dense": "fc2",
    }
    state, made = network.state_dict(), {}
    for layer in range(LAYERS):
        for ours, name in theirs.items():
            for leaf in ("weight", "bias"):
                made[f"{trunk}layers.{layer}.{name}.{leaf}"] = state[f"esm.encoder.layer.{layer}.{ours}.{leaf}"]
        made[f"{trunk}layers.{layer}.self_attn.rot_emb.inv_freq"] = state["esm.rotary_embeddings.inv_freq"]
    table = state["esm.embeddings.word_embeddings.weight"]
    made |= {
        f"{trunk}embed_tokens.weight": table,
        f"{head}lm_head.weight": table,
        f"{head}lm_head.bias": state["lm_head.bias"],
    }
    for leaf in ("weight", "bias"):
        made[f"{trunk}emb_layer_norm_after.{leaf}"] = state[f"esm.encoder.emb_layer_norm_after.{leaf}"]
        made[f"{head}lm_head.dense.{leaf}"] = state[f"lm_head.dense.{leaf}"]
        made[f"{head}lm_head.layer_norm.{leaf}"] = state[f"lm_head.layer_norm.{leaf}"]
        made[f"contact_head.regression.{leaf}"] = state[f"esm.contact_head.regression.{leaf}"]
    return {name: tensor.clone() for name, tensor in made.items()}


@pytest.mark.parametrize(("trunk", "head"), [("", ""), ("encoder.sentence_encoder.", "encoder.")])
def test_the_authors_own_names(trunk: str, head: str, network: Any, tmp_path: Path) -> None:
    path = tmp_path / "esm2.pt"
    torch.save(authors_names(network, trunk, head), path)
    assert_answers(path, network, tmp_path / "m.safetensors")


def test_contacts(folder: Path, network: Any, tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    card = convert("huggingface-esm2-contacts", folder, out, length=LENGTH)
    assert (card.task, card.targets, card.target_names) == ("contacts", 1, ("contact",))
    ids, attend = token_ids()
    network.set_attn_implementation("eager")  # the quick way hands out no maps
    with torch.no_grad():
        found = load_model(out)(one_hot(PROTEINS[:1])).sigmoid()
        wanted = network.predict_contacts(ids[:1], attend[:1])
    network.set_attn_implementation("sdpa")
    assert float(wanted.std()) > 1e-2
    torch.testing.assert_close(found[:, 0], wanted, rtol=1e-4, atol=1e-4)


def test_contacts_need_their_head(network: Any, tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    torch.save({name: tensor for name, tensor in hub_tensors(network).items() if "contact" not in name}, path)
    refused(path, "contact_head", "huggingface-esm2-contacts")
    assert_answers(path, network, tmp_path / "m.safetensors")


@pytest.mark.parametrize("size", SIZES)
def test_the_six_published_sizes_are_recognised(size: str) -> None:
    config = sized(Wish(Path("esm2"), Esm2Config(), (), 100), SIZES[size])
    assert config == Esm2Config(size=size)
    other = "t12_35M" if size == "t6_8M" else "t6_8M"
    with pytest.raises(ConfigError, match="size"):
        sized(Wish(Path("esm2"), Esm2Config(size=other), ("size",), 100), SIZES[size])


def test_the_smallest_published_size_from_its_file(tmp_path: Path) -> None:
    library(*SIZES["t6_8M"]).save_pretrained(tmp_path / "esm2_t6_8M_UR50D")
    card = convert("huggingface-esm2", tmp_path / "esm2_t6_8M_UR50D", tmp_path / "m.safetensors")
    assert (card.architecture_config["size"], card.length, card.licence) == ("t6_8M", 1022, "MIT")
    assert count_parameters(load_model(tmp_path / "m.safetensors").network) == 7_512_353


def refused(path: Path, said: str, name: str = "huggingface-esm2") -> None:
    out = path.parent / "refused.safetensors"
    with pytest.raises(ModelFileError, match=said) as caught:
        convert(name, path, out, length=LENGTH)
    assert all(caught.value.parts().values())
    assert not out.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"position_embedding_type": "absolute"}, "position_embedding_type"),
        ({"emb_layer_norm_before": True}, "emb_layer_norm_before"),
        ({"model_type": "bert"}, "model_type"),
        ({"vocab_size": 30}, "vocab_size"),
    ],
)
def test_a_config_of_another_network(changed: dict[str, Any], said: str, folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changed))
    refused(folder, said)


def test_another_order_of_tokens(folder: Path, network: Any, tmp_path: Path) -> None:
    (folder / "vocab.txt").write_text("\n".join(TOKENS))
    assert_answers(folder, network, tmp_path / "m.safetensors")
    (folder / "vocab.txt").write_text("\n".join([*TOKENS[:4], *TOKENS[5:], "L"]))
    refused(folder, "vocab.txt")


def test_damaged_folders(folder: Path) -> None:
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[:-100])
    refused(folder, "damaged")
    (folder / "model.safetensors").unlink()
    refused(folder, "no weights")
    index = folder / "model.safetensors.index.json"
    for listed in (
        "[]",
        "{}",
        "{",
        '{"weight_map": {"a": "../../elsewhere.bin"}}',
        '{"weight_map": {"a": "gone.bin"}}',
    ):
        index.write_text(listed)
        refused(folder, "It |no such file")
    index.unlink()
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "config.json").write_text("{")
    refused(folder, "no JSON")


@pytest.mark.parametrize(
    "name",
    ["esm.embeddings.word_embeddings.weight", "esm.encoder.layer.1.output.dense.bias", "lm_head.layer_norm.weight"],
)
def test_missing_misshapen_and_broken_tensors(name: str, network: Any, tmp_path: Path) -> None:
    tensors, path = hub_tensors(network), tmp_path / "pytorch_model.bin"

    def save(changed: dict[str, Tensor]) -> Path:
        torch.save(changed, path)
        return path

    refused(save({key: tensor for key, tensor in tensors.items() if key != name}), "no tensor|Nothing fills")
    broken = tensors[name].clone()
    broken.flatten()[-1] = torch.nan
    refused(save(tensors | {name: broken}), "not finite")
    refused(save(tensors | {name: tensors[name][:-1]}), "should be|of the network")


@pytest.mark.parametrize(
    ("table", "said"), [(torch.tensor(3.0), "should be"), (torch.zeros(33, 0), "no columns")], ids=["scalar", "empty"]
)
def test_a_table_that_is_none(table: Tensor, said: str, network: Any, tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    torch.save(hub_tensors(network) | {"esm.embeddings.word_embeddings.weight": table}, path)
    refused(path, said)


def test_tensors_that_contradict_each_other(network: Any, tmp_path: Path) -> None:
    tensors, path = hub_tensors(network), tmp_path / "pytorch_model.bin"
    turns = "esm.encoder.layer.1.attention.self.rotary_embeddings.inv_freq"
    for changed, said in (
        ({turns: tensors[turns] * 2}, "different speeds"),
        ({"lm_head.decoder.weight": torch.ones(33, WIDTH)}, "embedding table"),
        ({"esm.encoder.layer.0.attention.self.query.lora": torch.ones(2)}, "lora"),
        ({"classifier.weight": torch.ones(2)}, "classifier"),
        ({"esm.encoder.layer.0.LayerNorm.gamma": torch.ones(WIDTH)}, "same part"),
    ):
        torch.save(tensors | changed, path)
        refused(path, said)
    without = {name: tensor for name, tensor in tensors.items() if "inv_freq" not in name}
    torch.save(without, path)
    refused(path, "how many heads")  # ESM-1b's file looks like this


def test_another_networks_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save({"2.0.weight": torch.ones(3, 4, 1, 8)}, path)
    refused(path, "word_embeddings")
