#include "internal.h"

#include <string.h>

void text_add(struct text *text, const char *bytes, size_t length) {
    size_t room = text->capacity - text->length;
    if (length > room) length = room;
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

void text_add_string(struct text *text, const char *string) {
    text_add(text, string, strlen(string));
}

void text_add_number(struct text *text, int64_t number) {
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) digits[--at] = '-';
    text_add(text, digits + at, sizeof digits - at);
}

void text_add_seconds(struct text *text, int64_t milliseconds) {
    int64_t thousandths = milliseconds % 1000;
    text_add_number(text, milliseconds / 1000);
    text_add_string(text, thousandths < 10 ? ".00" : thousandths < 100 ? ".0" : ".");
    text_add_number(text, thousandths);
}

void text_add_quoted(struct text *text, const char *bytes, size_t length) {
    text_add_string(text, "\"");
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == '\n') {
            text_add_string(text, "\\n");
        } else if (byte < 0x20) {
            text_add_string(text, " ");
        } else if (byte > 0x7e) {
            text_add_string(text, "?");
        } else {
            if (byte == '"' || byte == '\\') text_add_string(text, "\\");
            text_add(text, bytes + i, 1);
        }
    }
    text_add_string(text, "\"");
}
