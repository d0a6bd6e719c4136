"""What a Markdown parser makes of reports: reads a JSON object of texts by name, prints their shapes as JSON."""

import json
import re
import sys

from markdown_it import MarkdownIt

parser = MarkdownIt("gfm-like")
# Forges make links of addresses and of www.…, not of every word with a dot.
parser.linkify.set({"fuzzy_link": False})


def walk(tokens):
    for token in tokens:
        yield token
        if token.children:
            yield from walk(token.children)


def shape(text):
    tokens = list(walk(parser.parse(text)))
    kinds = [token.type for token in tokens]
    html = [tag for token in tokens if token.type in ("html_block", "html_inline")
            for tag in re.findall(r"<[^>]*>?", token.content)]
    words = " ".join(token.content for token in tokens if token.type == "text")
    raw = " ".join(token.content for token in tokens if token.type == "html_block")
    return {
        "tables": kinds.count("table_open"),
        "cells": kinds.count("td_open") + kinds.count("th_open"),
        "headings": kinds.count("heading_open"),
        "lists": kinds.count("bullet_list_open") + kinds.count("ordered_list_open"),
        "links": [token.attrGet("href") for token in tokens if token.type == "link_open"],
        "images": kinds.count("image"),
        "tags": sorted(tag for tag in html if tag != "<br>"),
        "fences": [token.info for token in tokens if token.type == "fence"],
        "diagrams": [token.content for token in tokens if token.type == "fence"],
        "code": kinds.count("code_block"),
        "emphasis": kinds.count("em_open") + kinds.count("strong_open") + kinds.count("s_open"),
        "mentions": re.findall(r"@\w+|(?i:\bwww\.\w+)", words + raw),
    }


with open(sys.argv[1], encoding="utf-8") as file:
    print(json.dumps({name: shape(text) for name, text in json.load(file).items()}))
