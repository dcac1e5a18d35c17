// A mistake as a sentence in the language of the page. The server speaks English;
// what it says of data that people type is known here in Vietnamese too.

import type { Lang } from '../core/state.ts';
import type { Mistake } from '../api/types.ts';

/** What the server says (package edit), and the same in Vietnamese. */
const known: readonly (readonly [RegExp, string])[] = [
  [/^is missing; the features of this layer are known by it$/, 'Thiếu mã: đối tượng của lớp này được nhận ra bằng mã'],
  [/^is missing$/, 'Còn thiếu'],
  [/^is empty$/, 'Đang trống'],
  [/^is no status$/, 'Không phải một tình trạng'],
  [/^is no precision of a date$/, 'Chỉ nhận day, month hoặc year'],
  [/^is not above 0$/, 'Phải lớn hơn 0'],
  [/^is not after (\w+) (.+)$/, 'Phải sau $1 ($2)'],
  [/^is not on or after (\w+) (.+)$/, 'Không được trước $1 ($2)'],
  [/^belongs to feature (\d+)$/, 'Đã thuộc về đối tượng số $1'],
  [/^belongs to a feature that this change set makes$/, 'Trùng với một đối tượng khác trong lần lưu này'],
  [/^is not a whole number$/, 'Phải là số nguyên'],
  [/^is out of range$/, 'Nằm ngoài phạm vi cho phép'],
  [/^is no such date or time$/, 'Không có ngày giờ này'],
  [/^is [^;]+, not [^;]+$/, 'Sai kiểu dữ liệu'],
  [/^is .+ of (\d+) bytes; the limit is (\d+)$/, 'Dài $1 byte, giới hạn là $2'],
  [/^holds a control character/, 'Có ký tự điều khiển'],
  [/^is no property of the layer$/, 'Lớp không có thuộc tính này'],
  [/^lies outside the extent of the layer$/, 'Nằm ngoài phạm vi của lớp'],
  [/^has (\d+) positions; the limit is (\d+)$/, 'Có $1 đỉnh, giới hạn là $2'],
  [/^is a (\w+) in a layer of (\w+)$/, 'Là $1, còn lớp chỉ nhận $2'],
  [/^is not valid: (.+)$/, 'Hình không hợp lệ ($1)'],
];

/** Words for the properties that sentences name. */
const words: Readonly<Record<string, string>> = { valid_from: 'ngày bắt đầu', started: 'ngày khởi công' };

export function sentence(m: Mistake, lang: Lang): string {
  if (lang === 'vi') {
    for (const [pattern, text] of known) {
      const found = pattern.exec(m.detail);
      if (found) return text.replace(/\$(\d)/g, (_, i: string) => words[found[Number(i)] ?? ''] ?? found[Number(i)] ?? '');
    }
  }
  return m.expected ? `${m.detail} (${m.expected})` : m.detail;
}
