// What editing says, in Vietnamese and in English.

import type { Lang } from '../core/state.ts';

const vi = {
  edit: 'Chỉnh sửa', editor: 'biên tập viên', admin: 'quản trị viên', signOut: 'Thoát khóa', back: 'Trở lại', close: 'Đóng',
  keyAsk: 'Nhập khóa của biên tập viên để sửa dữ liệu thành phố. Khóa chỉ xem mở các lớp riêng.', keyGate: 'Máy chủ này chỉ cho người có khóa xem bản đồ.', key: 'Khóa', enter: 'Bắt đầu', checking: 'Đang kiểm tra…',
  keyKept: 'Khóa chỉ được giữ trong thẻ trình duyệt này và không bao giờ nằm trong địa chỉ.',
  badKey: 'Khóa không đúng hoặc đã bị thu hồi', viewer: 'người xem', readerNote: 'Khóa này chỉ được xem. Các lớp riêng mà nó mở đang hiện trên bản đồ, và không còn hiện khi thoát khóa.', writerNote: 'Không lớp nào của thành phố được sửa bằng khóa này; các lớp mà nó được xem đang hiện trên bản đồ.', seeMap: 'Xem bản đồ', mayWriteNothing: 'không được sửa lớp nào', notThisLayer: 'Khóa này không được sửa lớp', resolve: 'Giải quyết',
  layer: 'Lớp', add: 'Thêm', Point: 'Điểm', LineString: 'Đường', Polygon: 'Vùng',
  hint: 'Bấm vào một đối tượng trên bản đồ để sửa, hoặc tìm nó theo tên.', hintKeys: 'Bằng bàn phím: phím mũi tên để dời bản đồ, Enter để chọn đối tượng ở giữa.',
  snap: 'Bắt vào đỉnh và cạnh', changes: 'Thay đổi chưa lưu', noChanges: 'Chưa có thay đổi nào', undo: 'Hoàn tác', redo: 'Làm lại',
  review: 'Xem lại và lưu', discard: 'Bỏ thay đổi này', discardAll: 'Bỏ tất cả', discardSure: 'Bỏ tất cả thay đổi chưa lưu?',
  added: 'thêm', changed: 'sửa', removed: 'xóa', fresh: 'Đối tượng mới',
  drawPoint: 'Bấm lên bản đồ để đặt điểm.', drawLine: 'Bấm để thêm đỉnh; bấm lại đỉnh cuối để kết thúc.', drawArea: 'Bấm để thêm đỉnh; bấm lại đỉnh đầu để khép vùng.',
  drawKeys: 'Bàn phím: Enter thêm đỉnh tại dấu chữ thập, Backspace bỏ đỉnh cuối, Escape hủy.',
  addHere: 'Thêm đỉnh ở giữa bản đồ', dropLast: 'Bỏ đỉnh cuối', finish: 'Xong', cancel: 'Hủy', length: 'Chiều dài', perimeter: 'Chu vi', area: 'Diện tích',
  moveWhole: 'Dời cả hình', vertex: 'Đỉnh', previous: 'Đỉnh trước', next: 'Đỉnh sau', moveHere: 'Dời về giữa bản đồ', insertAfter: 'Chèn đỉnh sau', removeVertex: 'Xóa đỉnh',
  position: 'Vị trí (độ hoặc VN-2000)', badPosition: 'Không hiểu tọa độ này', wholeHint: 'Kéo hình để dời cả hình.', vertexHint: 'Kéo đỉnh để dời, kéo điểm giữa cạnh để chèn đỉnh.',
  addHole: 'Thêm lỗ', addPart: 'Thêm phần', removeHole: 'Xóa lỗ này', removePart: 'Xóa phần này', part: 'phần', parts: 'phần', hole: 'lỗ', holes: 'lỗ', holeOutside: 'Lỗ phải nằm trọn trong vùng và ngoài các lỗ khác',
  tooMany: 'Phóng to để thấy các đỉnh', tooFew: 'Hình cần ít nhất từng ấy đỉnh',
  attributes: 'Thuộc tính', moreFields: 'Các trường còn trống', required: 'bắt buộc', none: '—', yes: 'có', no: 'không', day: 'ngày', month: 'tháng', year: 'năm',
  remove: 'Xóa đối tượng', restore: 'Không xóa nữa', removedNote: 'Đối tượng này sẽ bị xóa khi lưu.',
  integer: 'Cần một số nguyên', number: 'Cần một số', date: 'Cần một ngày', json: 'Cần JSON hợp lệ', requiredWrong: 'Trường này phải có giá trị',
  geometry: 'Hình', moved: 'lệch nhiều nhất', movedPoint: 'dời', vertices: 'đỉnh', before: 'Trước', after: 'Sau', show: 'Xem trên bản đồ',
  message: 'Lý do thay đổi', messageHint: 'Ví dụ: Thông xe Vành đai 3,5', save: 'Lưu', saving: 'Đang lưu…', saved: 'Đã lưu thành phiên bản', revert: 'Hoàn tác lần lưu này', reverted: 'Đã hoàn tác; phiên bản mới là', revertMessage: 'Hoàn tác phiên bản',
  mistakes: 'Máy chủ chưa nhận: có lỗi cần sửa', theServer: 'Máy chủ trả lời', maybeSaved: 'Mất liên lạc khi đang lưu: có thể đã lưu rồi. Xem lại trước khi lưu lần nữa.',
  conflict: 'Người khác đã sửa trước', conflictHint: 'Dữ liệu đã đổi sau khi bạn bắt đầu sửa. Chọn giá trị giữ lại cho từng dòng.', conflictFor: 'Chọn giá trị của',
  drawnBase: 'Nét đứt: chỗ ban đầu', mine: 'Của tôi', theirs: 'Của họ', base: 'Ban đầu', allMine: 'Giữ tất cả của tôi', allTheirs: 'Lấy tất cả của họ', apply: 'Dùng lựa chọn và lưu', chooseAll: 'Còn dòng chưa chọn',
  theyDeleted: 'Người khác đã xóa đối tượng này.', iDelete: 'Bạn xóa đối tượng này, còn người khác đã sửa nó.', recreate: 'Tạo lại', leaveDeleted: 'Để xóa', deleteAnyway: 'Vẫn xóa', keepIt: 'Giữ lại như của họ', stale: 'người khác vừa sửa',
  kept: 'Thay đổi chưa lưu được giữ lại trên máy này', resume: 'Tiếp tục sửa', left: 'thay đổi chưa lưu', notKept: 'Trình duyệt không cho giữ bản nháp: đừng đóng trang trước khi lưu', loadFailed: 'Không tải được đối tượng',
};

export type EditText = { readonly [K in keyof typeof vi]: string };

const en: EditText = {
  edit: 'Edit', editor: 'editor', admin: 'admin', signOut: 'Forget the key', back: 'Back', close: 'Close',
  keyAsk: 'Changing the city takes the key of an editor. The key of a viewer opens private layers.', keyGate: 'This server shows its map to those who have a key.', key: 'Key', enter: 'Begin', checking: 'Checking…',
  keyKept: 'The key stays in this tab of the browser and is never in the address.',
  badKey: 'The key is wrong or was revoked', viewer: 'viewer', readerNote: 'This key may only read. The private layers that it opens are on the map now, until the key is forgotten.', writerNote: 'No layer of the city may be edited with this key; those that it may see are on the map.', seeMap: 'See the map', mayWriteNothing: 'may edit no layer', notThisLayer: 'This key may not edit the layer', resolve: 'Resolve',
  layer: 'Layer', add: 'Add', Point: 'Point', LineString: 'Line', Polygon: 'Area',
  hint: 'Click a feature on the map to edit it, or search for it by name.', hintKeys: 'By keyboard: arrows move the map, Enter takes the feature at its centre.',
  snap: 'Snap to vertices and edges', changes: 'Unsaved changes', noChanges: 'No changes yet', undo: 'Undo', redo: 'Redo',
  review: 'Review and save', discard: 'Discard this change', discardAll: 'Discard all', discardSure: 'Discard all unsaved changes?',
  added: 'added', changed: 'changed', removed: 'deleted', fresh: 'New feature',
  drawPoint: 'Click on the map to place the point.', drawLine: 'Click to add vertices; click the last one again to finish.', drawArea: 'Click to add vertices; click the first one again to close the area.',
  drawKeys: 'Keyboard: Enter adds a vertex at the crosshair, Backspace removes the last, Escape cancels.',
  addHere: 'Add vertex at the centre', dropLast: 'Remove last', finish: 'Done', cancel: 'Cancel', length: 'Length', perimeter: 'Perimeter', area: 'Area',
  moveWhole: 'Move as a whole', vertex: 'Vertex', previous: 'Previous vertex', next: 'Next vertex', moveHere: 'Move to the centre', insertAfter: 'Insert vertex after', removeVertex: 'Delete vertex',
  position: 'Position (degrees or VN-2000)', badPosition: 'These coordinates make no sense', wholeHint: 'Drag the shape to move all of it.', vertexHint: 'Drag a vertex to move it, the middle of an edge to insert one.',
  addHole: 'Add a hole', addPart: 'Add a part', removeHole: 'Remove this hole', removePart: 'Remove this part', part: 'part', parts: 'parts', hole: 'hole', holes: 'holes', holeOutside: 'A hole must lie within the area and outside of its other holes',
  tooMany: 'Zoom in to see the vertices', tooFew: 'The shape needs at least as many vertices',
  attributes: 'Attributes', moreFields: 'Empty fields', required: 'required', none: '—', yes: 'yes', no: 'no', day: 'day', month: 'month', year: 'year',
  remove: 'Delete feature', restore: 'Do not delete', removedNote: 'This feature will be deleted on saving.',
  integer: 'A whole number is needed', number: 'A number is needed', date: 'A date is needed', json: 'Valid JSON is needed', requiredWrong: 'This field needs a value',
  geometry: 'Shape', moved: 'moved at most', movedPoint: 'moved by', vertices: 'vertices', before: 'Before', after: 'After', show: 'Show on the map',
  message: 'Why', messageHint: 'For example: Ring Road 3.5 opened', save: 'Save', saving: 'Saving…', saved: 'Saved as version', revert: 'Undo this save', reverted: 'Undone; the new version is', revertMessage: 'Undo version',
  mistakes: 'Not accepted: there are mistakes to correct', theServer: 'The server says', maybeSaved: 'The connection broke while saving: it may have been saved. Look before you save again.',
  conflict: 'Somebody else was faster', conflictHint: 'The data changed after you began. Choose for each line what shall be kept.', conflictFor: 'Choose the value of',
  drawnBase: 'Dashed: where it was', mine: 'Mine', theirs: 'Theirs', base: 'Before', allMine: 'Keep all mine', allTheirs: 'Take all theirs', apply: 'Use these and save', chooseAll: 'Some lines have no choice yet',
  theyDeleted: 'Somebody else has deleted this feature.', iDelete: 'You delete this feature; somebody else has changed it.', recreate: 'Make it again', leaveDeleted: 'Leave it deleted', deleteAnyway: 'Delete it', keepIt: 'Keep it as theirs', stale: 'changed by somebody else',
  kept: 'Unsaved changes are kept on this computer', resume: 'Go on editing', left: 'unsaved changes', notKept: 'The browser does not keep drafts: save before you close the page', loadFailed: 'The feature could not be loaded',
};

export const editTexts: Record<Lang, EditText> = { vi, en };
