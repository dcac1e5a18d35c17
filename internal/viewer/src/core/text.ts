// What the map says, in Vietnamese and in English.

import type { Lang, Status } from './state.ts';

const vi = {
  title: 'Bản sao số Hà Nội',
  search: 'Tìm tên, mã, phường hoặc tọa độ', searchHint: 'Ví dụ: nga tu so, NG01, 21.0287 105.8523',
  nothingFound: 'Không tìm thấy gì', clear: 'Xóa', close: 'Đóng',
  layers: 'Lớp dữ liệu', rings: 'Vành đai và cửa ngõ', works: 'Công trình và dự án', places: 'Địa giới',
  other: 'Lớp khác', base: 'Bản đồ nền', opacity: 'Độ đậm', zoomTo: 'Đến lớp này', status: 'Tình trạng',
  takeAway: 'Chia sẻ, nhúng, in', embedFrame: 'Mã nhúng (iframe)', embedElement: 'Phần tử web <hanoi-map>', styleAddress: 'Kiểu bản đồ cho ứng dụng khác (MapLibre)', print: 'In', examples: 'Ví dụ', fullMap: 'Mở bản đồ đầy đủ',
  legend: 'Chú giải', inWard: 'phường, xã', nearWard: 'gần',
  arrange: 'Cách xếp', byTheme: 'Theo chủ đề', byOrder: 'Theo thứ tự vẽ', orderHint: 'Lớp đầu danh sách nằm trên cùng.', raise: 'Đưa lên', lower: 'Đưa xuống', usualOrder: 'Thứ tự ban đầu',
  show: 'Hiện', more: 'Thêm', features: 'đối tượng',
  language: 'English', languageLabel: 'Switch to English', theme: 'Sáng / tối', themeLight: 'Giao diện sáng', themeDark: 'Giao diện tối',
  zoomIn: 'Phóng to', zoomOut: 'Thu nhỏ', home: 'Toàn thành phố', north: 'Hướng bắc lên trên', measure: 'Đo khoảng cách, diện tích',
  keyUsed: 'Đang dùng khóa', keyForget: 'Thoát khóa', keyGone: 'Không dùng khóa nữa: chỉ còn thấy dữ liệu công khai',
  edit: 'Chỉnh sửa dữ liệu', editKept: 'Còn thay đổi chưa lưu trên máy này', editResume: 'Tiếp tục sửa',
  image: 'Lưu ảnh bản đồ', tools: 'Công cụ', map: 'Bản đồ Hà Nội', skip: 'Đến ô tìm kiếm',
  near: 'Gần đây có gì', nearOf: 'Gần', radius: 'Bán kính', metres: 'm', within: 'Trong vòng',
  nearNone: 'Không có gì trong bán kính này', nearCount: 'kết quả', csv: 'CSV', geojson: 'GeoJSON', link: 'Liên kết',
  copied: 'Đã chép', copy: 'Chép', place: 'Vị trí', back: 'Trở lại', inLayers: 'Tìm trong', drag: 'Kéo để đổi thứ tự',
  here: 'tại đây', loading: 'Đang tải…', facts: 'Thông tin', coordinates: 'Tọa độ', wgs84: 'WGS 84 (vĩ độ, kinh độ)',
  tm3: 'VN-2000 / TM-3 105° (EPSG:5897)', utm: 'VN-2000 / UTM 48N (EPSG:3405)', en: 'E, N (m)', datum: 'Phép chuyển hệ quy chiếu chính xác đến 1 m',
  timeline: 'Mốc thời gian', origin: 'Nguồn và độ chính xác', yes: 'có', no: 'không', history: 'Lịch sử',
  schematic: 'Hình vẽ sơ đồ', doubtful: 'Cần kiểm chứng', accuracy: 'Sai số vị trí',
  version: 'Phiên bản', live: 'Trực tuyến', lost: 'Mất kết nối, đang thử lại', connecting: 'Đang kết nối', polling: 'Kiểm tra định kỳ',
  changed: 'Vừa thay đổi', changedMany: 'đối tượng vừa thay đổi', attribution: 'Nguồn dữ liệu',
  gone: 'Không còn đối tượng này', badLink: 'Liên kết có phần không hiểu được, đã bỏ qua', problem: 'Máy chủ báo lỗi',
  unreachable: 'Không liên lạc được với máy chủ', retry: 'Thử lại', noWebGL: 'Trình duyệt này không vẽ được bản đồ (thiếu WebGL 2)',
  measureHint: 'Bấm lên bản đồ để thêm điểm. Bàn phím: phím mũi tên dời bản đồ, Enter thêm điểm ở giữa, Backspace bỏ điểm cuối.', measureLength: 'Chiều dài', measureArea: 'Diện tích', measurePerimeter: 'Chu vi', undo: 'Bỏ điểm cuối', startOver: 'Đo lại',
  swipe: 'Kéo so sánh', swipeLine: 'Vạch so sánh hai ngày', swipeRight: 'Bên phải', knownChip: 'Dữ liệu khi ấy', known: 'Biết đến lúc', knownNow: 'Mới nhất', earlier: 'Phiên bản trước', later: 'Phiên bản sau',
  beforeRecord: 'Hồ sơ thay đổi chưa có ở thời điểm ấy', noSuchVersion: 'Không có phiên bản nào nữa',
  compare: 'So với hôm nay', added: 'thêm', changedKind: 'đổi', removedKind: 'bỏ', shape: 'Hình', removed: 'Đã xóa', time: 'Thời gian', today: 'Hiện tại', play: 'Chạy', pause: 'Dừng', asOn: 'Thành phố ngày', plannedState: 'theo quy hoạch',
  started: 'Khởi công', since: 'Từ', until: 'Đến', planned: 'Dự kiến hoàn thành', unnamed: 'Không tên', official: 'Dữ liệu tham khảo, không phải hồ sơ chính thức',
  north8: ['bắc', 'đông bắc', 'đông', 'đông nam', 'nam', 'tây nam', 'tây', 'tây bắc'],
};

export type Text = { readonly [K in keyof typeof vi]: (typeof vi)[K] extends string ? string : readonly string[] };

const en: Text = {
  title: 'Hanoi Twin',
  search: 'Name, code, ward or coordinates', searchHint: 'For example: nga tu so, NG01, 21.0287 105.8523',
  nothingFound: 'Nothing found', clear: 'Clear', close: 'Close',
  layers: 'Layers', rings: 'Rings and gateways', works: 'Works and projects', places: 'Boundaries',
  other: 'Other layers', base: 'Base map', opacity: 'Opacity', zoomTo: 'Zoom to layer', status: 'Status',
  takeAway: 'Share, embed, print', embedFrame: 'Code to embed (iframe)', embedElement: 'Web component <hanoi-map>', styleAddress: 'Style for other programs (MapLibre)', print: 'Print', examples: 'Examples', fullMap: 'Open the whole map',
  legend: 'Legend', inWard: 'in', nearWard: 'near',
  arrange: 'Arrangement', byTheme: 'By theme', byOrder: 'By drawing order', orderHint: 'The first in the list lies on top.', raise: 'Move up', lower: 'Move down', usualOrder: 'Original order',
  show: 'Show', more: 'More', features: 'features',
  language: 'Tiếng Việt', languageLabel: 'Chuyển sang tiếng Việt', theme: 'Light / dark', themeLight: 'Light look', themeDark: 'Dark look',
  zoomIn: 'Zoom in', zoomOut: 'Zoom out', home: 'Whole city', north: 'North up', measure: 'Measure distance, area',
  keyUsed: 'With a key', keyForget: 'Forget the key', keyGone: 'No key any more: only public data is seen',
  edit: 'Edit the data', editKept: 'There are unsaved changes on this computer', editResume: 'Go on editing',
  image: 'Save as image', tools: 'Tools', map: 'Map of Hanoi', skip: 'Skip to search',
  near: 'What is near', nearOf: 'Near', radius: 'Radius', metres: 'm', within: 'Within',
  nearNone: 'Nothing within this radius', nearCount: 'results', csv: 'CSV', geojson: 'GeoJSON', link: 'Link',
  copied: 'Copied', copy: 'Copy', place: 'Place', back: 'Back', inLayers: 'Look in', drag: 'Drag to change the order',
  here: 'here', loading: 'Loading…', facts: 'Facts', coordinates: 'Coordinates', wgs84: 'WGS 84 (latitude, longitude)',
  tm3: 'VN-2000 / TM-3 105° (EPSG:5897)', utm: 'VN-2000 / UTM 48N (EPSG:3405)', en: 'E, N (m)', datum: 'The datum transformation is good to 1 m',
  timeline: 'Dates', origin: 'Source and accuracy', yes: 'yes', no: 'no', history: 'History',
  schematic: 'Schematic shape', doubtful: 'Needs verification', accuracy: 'Positional accuracy',
  version: 'Version', live: 'Live', lost: 'Connection lost, trying again', connecting: 'Connecting', polling: 'Checking regularly',
  changed: 'Just changed', changedMany: 'features just changed', attribution: 'Data sources',
  gone: 'This feature does not exist any more', badLink: 'Parts of the link make no sense and were left out', problem: 'The server reports a problem',
  unreachable: 'The server cannot be reached', retry: 'Try again', noWebGL: 'This browser cannot draw the map (no WebGL 2)',
  measureHint: 'Click on the map to add points. Keyboard: arrows move the map, Enter adds a point at its centre, Backspace removes the last.', measureLength: 'Length', measureArea: 'Area', measurePerimeter: 'Perimeter', undo: 'Remove last point', startOver: 'Start over',
  swipe: 'Swipe', swipeLine: 'Line between two dates', swipeRight: 'Right side', knownChip: 'As known then', known: 'Known at', knownNow: 'Newest', earlier: 'Version before', later: 'Version after',
  beforeRecord: 'The record of changes does not reach back to that time', noSuchVersion: 'There is no further version',
  compare: 'Compare with today', added: 'added', changedKind: 'changed', removedKind: 'removed', shape: 'Shape', removed: 'Removed', time: 'Time', today: 'Today', play: 'Play', pause: 'Pause', asOn: 'The city on', plannedState: 'as planned',
  started: 'Works started', since: 'Since', until: 'Until', planned: 'Planned completion', unnamed: 'Unnamed', official: 'For reference, not an official record',
  north8: ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'],
};

export const texts: Record<Lang, Text> = { vi, en };

/** Words for the values of properties that are codes. Unknown ones stay as they are. */
const words: Record<string, readonly [string, string]> = {
  in_operation: ['Đang khai thác', 'In operation'], under_construction: ['Đang xây dựng', 'Under construction'],
  planned: ['Quy hoạch', 'Planned'], retired: ['Ngừng khai thác', 'Retired'],
  at_grade: ['Cùng mức', 'At grade'], grade_separated: ['Khác mức', 'Grade-separated'], mixed: ['Hỗn hợp', 'Mixed'], unknown: ['Chưa rõ', 'Unknown'],
  VD1: ['Vành đai 1', 'Ring Road 1'], VD2: ['Vành đai 2', 'Ring Road 2'], 'VD2.5': ['Vành đai 2,5', 'Ring Road 2.5'], VD3: ['Vành đai 3', 'Ring Road 3'],
  'VD3.5': ['Vành đai 3,5', 'Ring Road 3.5'], VD4: ['Vành đai 4', 'Ring Road 4'], VD5: ['Vành đai 5', 'Ring Road 5'],
  N: ['Bắc', 'North'], NE: ['Đông Bắc', 'North-east'], E: ['Đông', 'East'], SE: ['Đông Nam', 'South-east'], S: ['Nam', 'South'],
  SW: ['Tây Nam', 'South-west'], W: ['Tây', 'West'], NW: ['Tây Bắc', 'North-west'], inner: ['Nội đô', 'Inner city'],
  expressway: ['Đường cao tốc', 'Expressway'], national_highway: ['Quốc lộ', 'National highway'], urban_road: ['Đường đô thị', 'Urban road'],
  high_tech_park: ['Khu công nghệ cao', 'High-tech park'], digital_park: ['Khu công nghệ số', 'Digital park'], biotech_park: ['Khu công nghệ sinh học', 'Biotech park'],
  it_park: ['Khu công nghệ thông tin', 'IT park'], industrial_park: ['Khu công nghiệp', 'Industrial park'],
  boulevard: ['Đại lộ', 'Boulevard'], urban_area: ['Khu đô thị', 'Urban area'], road: ['Đường', 'Road'], metro: ['Đường sắt đô thị', 'Metro'], bridge: ['Cầu', 'Bridge'],
  junction: ['Nút giao', 'Junction'], culture: ['Văn hóa', 'Culture'], exhibition: ['Triển lãm', 'Exhibition'],
  flyover: ['Cầu vượt', 'Flyover'], underpass: ['Hầm chui', 'Underpass'], signals: ['Đèn tín hiệu', 'Signals'], system: ['Nút giao hệ thống', 'System interchange'],
  trumpet: ['Kèn', 'Trumpet'], cloverleaf: ['Hoa thị', 'Cloverleaf'], diamond: ['Trám', 'Diamond'], roundabout: ['Vòng xuyến', 'Roundabout'],
  elevated: ['Trên cao', 'Elevated'], underground: ['Ngầm', 'Underground'], ward: ['Phường', 'Ward'], commune: ['Xã', 'Commune'], river: ['Sông', 'River'],
};

/** The word for a code; N/NE and inner S are put together from their parts. */
export function word(code: string, lang: Lang): string {
  const known = words[code];
  if (known) return known[lang === 'vi' ? 0 : 1];
  const parts = code.split(/(\/| )/);
  if (parts.length > 1 && parts.every((p) => p === '/' || p === ' ' || words[p])) {
    return parts.map((p) => (p === '/' ? ' – ' : p === ' ' ? ', ' : word(p, lang))).join('');
  }
  return code;
}

/** Properties whose values are such codes. */
export const coded: ReadonlySet<string> = new Set(['status', 'type', 'ring', 'gateway', 'kind', 'layout', 'structure', 'direction']);

export function statusWord(s: Status, lang: Lang): string { return word(s, lang); }
