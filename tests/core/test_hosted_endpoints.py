import json

import pytest

from core.errors import PatchMattersError
from core.models.hosted.endpoints import Config


def test_a_url_of_ones_own_does_not_get_the_built_in_key(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-the-built-in-key-0000000")
    (tmp_path / "config.json").write_text(
        json.dumps({"endpoints": {"openai": {"url": "https://elsewhere.example/v1"}}})
    )
    assert Config.read(tmp_path).endpoint("openai").key() == ""
    assert Config.read(None).endpoint("openai").key() == "sk-the-built-in-key-0000000"
    assert "sk-" not in repr(Config.read(None))


def test_a_key_in_the_config_file_goes_before_the_variable_and_shows_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-the-built-in-key-0000000")
    (tmp_path / "config.json").write_text('{"endpoints": {"openai": {"key": "sk-in-the-file"}}}')
    config = Config.read(tmp_path)
    assert config.endpoint("openai").key() == "sk-in-the-file"
    assert config.endpoint("openai").url == "https://api.openai.com/v1"
    assert "sk-in-the-file" not in repr(config)
    (tmp_path / "config.json").write_text(
        '{"endpoints": {"openai": {"key": "sk-broken", "no": 1}}}'
    )
    with pytest.raises(PatchMattersError) as wrong:
        Config.read(tmp_path)
    assert "sk-broken" not in str(wrong.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot be used"),
        ('{"endpoints": {"x": {}}}', "cannot be used"),
        ('{"unknown": 1}', "unknown"),
        ('{"cache_mb": "many"}', "write a whole number"),
        ('{"max_requests": -1}', "write a whole number"),
        ('{"endpoints": {"x": {"url": "https://x.example", "sdk": "os"}}}', "openai or anthropic"),
        ('{"endpoints": {"x": {"url": "ftp://x/"}}}', "use https"),
        ('{"endpoints": {"x": {"url": "http://x.example/", "key_variable": "K"}}}', "unencrypted"),
        ('{"endpoints": {"x": {"url": "http://x.example/", "key": "k"}}}', "unencrypted"),
        ('{"endpoints": {"a b": {"url": "https://x.example/"}}}', "not a valid endpoint name"),
    ],
)
def test_a_config_that_cannot_be(tmp_path, content, message):
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(PatchMattersError, match=message):
        Config.read(tmp_path)


def test_a_key_for_a_server_at_home_may_go_unencrypted(tmp_path):
    (tmp_path / "config.json").write_text(
        '{"endpoints": {"x": {"url": "http://192.168.1.5:8000/v1", "key_variable": "K"}}}'
    )
    assert Config.read(tmp_path).endpoint("x").key_variable == "K"
